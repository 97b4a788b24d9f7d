using System.Runtime.CompilerServices;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Tells of a text by itself, without an event, whether a rule set finds anything in it: <see cref="RuleSet.ScreenOf"/>. Immutable, so threads may
/// share it; allocates nothing.
/// </summary>
public sealed class TextScreen
{
    /// <summary>Bytes that must be readable before and after a text. Their content does not matter.</summary>
    public const int Padding = MultiPatternMatcher.Padding;

    private readonly MultiPatternMatcher[] _matchers;

    internal TextScreen(MultiPatternMatcher[] matchers) => _matchers = matchers;

    /// <summary>Whether any pattern is found in a text.</summary>
    /// <param name="buffer">The text, which must be ASCII without capital letters, with <see cref="Padding"/> bytes before and after it.</param>
    public bool HasHits(ReadOnlySpan<byte> buffer)
    {
        var hits = default(AnyHit);
        foreach (var matcher in _matchers)
        {
            matcher.Scan(buffer, raw: default, ref hits);
        }

        return hits.IsHit;
    }

    private struct AnyHit : IPatternHits
    {
        public bool IsHit { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsKnown(int group) => IsHit;

        public void Add(int group, int pattern) => IsHit = true;
    }
}
