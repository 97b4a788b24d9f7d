using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// The working state of one worker that matches events against a <see cref="RuleSet"/>: made once by <see cref="RuleSet.CreateState"/>,
/// reused for each event, never shared between threads. Its buffers grow to the longest value seen.
/// </summary>
public sealed class MatchState
{
    /// <summary>Replaces every character outside ASCII in the text for an expression that names none of them.</summary>
    internal const char OtherCharacter = '\uE000';

    private const int FirstBufferLength = 1024;

    // 64 for each matcher: enough for fields of which a few values make up nearly all, as types do.
    private const int KnownBits = 6;
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    // Leaves, scans and rules hold the number of their event, so that nothing need be cleared between events.
    private readonly int[] _leaves;
    private readonly int[] _scans;
    private readonly KnownScan[] _known;
    private readonly int[] _rules;
    private readonly int[] _candidates;
    private readonly int[] _matches;
    private readonly int[] _found;

    // The longest text of a number has 24 characters.
    private readonly byte[] _digits = new byte[32];
    private readonly byte[] _digitsSecond = new byte[32];
    private int _event;
    private int _matchCount;
    private int _foundCount;
    private byte[] _folded = new byte[FirstBufferLength];
    private byte[] _foldedSecond = new byte[FirstBufferLength];
    private char[] _decoded = new char[FirstBufferLength];

    internal MatchState(RuleSet owner, int leafCount, int scanCount, int ruleCount)
    {
        Owner = owner;
        _leaves = new int[leafCount];
        _found = new int[leafCount];
        _scans = new int[scanCount];
        _known = new KnownScan[scanCount << KnownBits];
        _rules = new int[ruleCount];
        _candidates = new int[ruleCount];
        _matches = new int[ruleCount];
    }

    /// <summary>The reasons that are being found for one match.</summary>
    internal List<(LeafOrigin Origin, MatchReason Reason)> Reasons { get; } = [];

    /// <summary>Indices into <see cref="RuleSet.Rules"/> of the rules that matched the last event, ascending. Valid until the next event.</summary>
    public ReadOnlySpan<int> Matches => _matches.AsSpan(0, _matchCount);

    /// <summary>Whether a value of any rule was found in the last event, even if it was not enough for the rule.</summary>
    public bool HadHits => CandidateCount > 0;

    /// <summary>Indices into <see cref="RuleSet.Rules"/> of the rules of which a value was found in the last event. Valid until the next event.</summary>
    public ReadOnlySpan<int> Candidates => _candidates.AsSpan(0, CandidateCount);

    /// <summary>
    /// Whether a text was found in a recurring field of the last event (<see cref="RuleSet.Compile"/>), if nothing was known of it. If not, none will
    /// be found in another event whose recurring fields differ only in case.
    /// </summary>
    public bool HadRecurringHits { get; internal set; }

    internal RuleSet Owner { get; }

    /// <summary>Whether a text of any rule was found in the last event so far.</summary>
    internal bool HadAnyLeaf => _foundCount > 0;

    /// <summary>The leaves of these texts.</summary>
    internal ReadOnlySpan<int> Found => _found.AsSpan(0, _foundCount);

    internal int CandidateCount { get; private set; }

    internal void BeginEvent()
    {
        _matchCount = 0;
        CandidateCount = 0;
        _foundCount = 0;
        // One bit of each leaf is its verdict, so the event number has 30 bits; then all leaves are reset.
        if (++_event == 1 << 30)
        {
            Array.Clear(_leaves);
            Array.Clear(_scans);
            Array.Clear(_rules);
            _event = 1;
        }
    }

    internal bool IsLeafTrue(int leaf) => _leaves[leaf] == ((_event << 1) | 1);

    internal bool IsLeafKnown(int leaf) => _leaves[leaf] >> 1 == _event;

    internal void SetLeaf(int leaf, bool isTrue) => _leaves[leaf] = (_event << 1) | (isTrue ? 1 : 0);

    /// <summary>A text of a leaf was found, which was not true before.</summary>
    internal void NoteFound(int leaf) => _found[_foundCount++] = leaf;

    /// <summary>Marks a matcher as run on this event. False if it already was.</summary>
    internal bool TryBeginScan(int scan)
    {
        var isNew = _scans[scan] != _event;
        _scans[scan] = _event;
        return isNew;
    }

    internal void AddCandidate(int rule)
    {
        if (_rules[rule] != _event)
        {
            _rules[rule] = _event;
            _candidates[CandidateCount++] = rule;
        }
    }

    /// <summary>What a matcher is known to find in the values that a number stands for (<see cref="ISigmaEvent.GetIdentity"/>).</summary>
    /// <param name="scan">The matcher.</param>
    /// <param name="identity">The number, not 0.</param>
    /// <param name="leaves">What it finds, if that is known.</param>
    internal bool TryRecall(int scan, ulong identity, out ReadOnlySpan<int> leaves)
    {
        ref readonly var known = ref _known[PlaceOf(scan, identity)];
        leaves = known.Leaves;
        return known.Identity == identity;
    }

    /// <summary>Remembers all that a matcher found in the values that a number stands for, if it is little, in place of others.</summary>
    internal void Remember(int scan, ulong identity, ReadOnlySpan<int> leaves)
    {
        if (leaves.Length <= KnownScan.MaximumLeaves)
        {
            _known[PlaceOf(scan, identity)].Set(identity, leaves);
        }
    }

    private static int PlaceOf(int scan, ulong identity) => (int)(((ulong)scan << KnownBits) + ((identity * Multiplier) >> (64 - KnownBits)));

    internal int GetCandidate(int index) => _candidates[index];

    internal void AddMatch(int rule)
    {
        // Few rules match one event: insertion keeps them in order at less cost than a sort.
        var i = _matchCount++;
        for (; i > 0 && _matches[i - 1] > rule; i--)
        {
            _matches[i] = _matches[i - 1];
        }

        _matches[i] = rule;
    }

    /// <summary>The folded text with <see cref="MultiPatternMatcher.Padding"/> around it; valid until the next call.</summary>
    internal ReadOnlySpan<byte> FoldPadded(ReadOnlySpan<byte> text, bool isAsciiOnly)
    {
        var needed = TextFolding.MaximumLength(text.Length) + (2 * MultiPatternMatcher.Padding);
        if (_folded.Length < needed)
        {
            _folded = new byte[Math.Max(needed, _folded.Length * 2)];
        }

        var length = TextFolding.Fold(text, _folded.AsSpan(MultiPatternMatcher.Padding), isAsciiOnly);
        return _folded.AsSpan(0, length + (2 * MultiPatternMatcher.Padding));
    }

    /// <summary>The folded text, in one of two buffers; valid until the next call for the same one.</summary>
    internal ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> text, bool isAsciiOnly, bool isSecond)
    {
        if (!isSecond)
        {
            return FoldPadded(text, isAsciiOnly)[MultiPatternMatcher.Padding..^MultiPatternMatcher.Padding];
        }

        var needed = TextFolding.MaximumLength(text.Length);
        if (_foldedSecond.Length < needed)
        {
            _foldedSecond = new byte[Math.Max(needed, _foldedSecond.Length * 2)];
        }

        return _foldedSecond.AsSpan(0, TextFolding.Fold(text, _foldedSecond, isAsciiOnly));
    }

    /// <summary>The text as UTF-16, for regular expressions; valid until the next call.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsOthers">Whether characters outside ASCII stay; otherwise each becomes U+E000, which is no letter.</param>
    internal ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text, bool keepsOthers)
    {
        if (_decoded.Length < text.Length)
        {
            _decoded = new char[Math.Max(text.Length, _decoded.Length * 2)];
        }

        if (keepsOthers || Ascii.IsValid(text))
        {
            return _decoded.AsSpan(0, Encoding.UTF8.GetChars(text, _decoded));
        }

        var length = 0;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            _decoded[length++] = rune.IsAscii ? (char)rune.Value : OtherCharacter;
            text = text[consumed..];
        }

        return _decoded.AsSpan(0, length);
    }

    /// <summary>The text of a value that is not null; a number's is valid until the next call for the same buffer.</summary>
    internal ReadOnlySpan<byte> TextOf(FieldValue value, bool isSecond = false) =>
        value.Kind == FieldValueKind.Number ? Format(value.Number, isSecond ? _digitsSecond : _digits) : value.Text;

    private static ReadOnlySpan<byte> Format(SigmaNumber number, byte[] digits) => digits.AsSpan(0, number.Format(digits));

    /// <summary>What a matcher finds in some values.</summary>
    private struct KnownScan
    {
        public const int MaximumLeaves = 4;

        private FourLeaves _leaves;
        private int _count;

        /// <summary>The number that stands for the values; 0 for none.</summary>
        public ulong Identity { get; private set; }

        [UnscopedRef]
        public readonly ReadOnlySpan<int> Leaves => ((ReadOnlySpan<int>)_leaves)[.._count];

        public void Set(ulong identity, ReadOnlySpan<int> leaves)
        {
            Identity = identity;
            leaves.CopyTo(_leaves);
            _count = leaves.Length;
        }
    }

    [InlineArray(KnownScan.MaximumLeaves)]
    private struct FourLeaves
    {
        private int _first;
    }
}

/// <summary>What is known of an event from an earlier one whose recurring fields differ only in case. <c>default</c> is nothing.</summary>
/// <param name="rules">The recurring rules that match (<see cref="RuleSet.IsRecurring"/>).</param>
/// <param name="hasNoHits">Whether nothing is found in the recurring fields (<see cref="MatchState.HadRecurringHits"/>).</param>
public readonly ref struct KnownMatches(ReadOnlySpan<int> rules, bool hasNoHits)
{
    /// <summary>The recurring rules that match.</summary>
    public ReadOnlySpan<int> Rules { get; } = rules;

    /// <summary>Whether nothing is found in the recurring fields.</summary>
    public bool HasNoHits { get; } = hasNoHits;

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown { get; } = true;
}
