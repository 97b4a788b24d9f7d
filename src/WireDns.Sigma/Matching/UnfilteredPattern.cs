namespace WireDns.Sigma.Matching;

/// <summary>A pattern without a literal of a gram's length: it is tried on every value.</summary>
internal sealed record UnfilteredPattern(byte[] Encoded, bool IsCased, int Group);
