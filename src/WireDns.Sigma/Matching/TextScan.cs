namespace WireDns.Sigma.Matching;

/// <summary>The patterns of one field that are looked for together.</summary>
internal sealed record TextScan(int FieldId, MultiPatternMatcher Matcher);
