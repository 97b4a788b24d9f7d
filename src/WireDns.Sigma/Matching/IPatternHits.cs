namespace WireDns.Sigma.Matching;

/// <summary>Receives what a <see cref="MultiPatternMatcher"/> finds in a text.</summary>
internal interface IPatternHits
{
    /// <summary>Whether more hits of this group would say nothing new, so that the matcher can skip the work.</summary>
    public bool IsKnown(int group);

    /// <summary>A pattern of the group matches the text. May be told more than once.</summary>
    /// <param name="group">The group that the pattern was added to.</param>
    /// <param name="pattern">The pattern, for <see cref="MultiPatternMatcher.Describe"/>.</param>
    public void Add(int group, int pattern);
}
