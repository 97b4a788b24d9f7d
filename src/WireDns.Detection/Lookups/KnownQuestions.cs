using WireDns.Sigma.Matching;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Which rules match a question, for rules that its name, type and class decide (<see cref="RuleSet.IsRecurring"/>): a cache that forgets, by 64-bit hashes
/// under a secret seed. Fixed in memory (1 MiB, allocated with the first question).
/// </summary>
internal sealed class KnownQuestions
{
    private const int Size = 65_536;

    // Questions with few results fill the cache: nearly all have the same few. One with a further result is matched each time.
    private const int MaximumResults = 64;

    private readonly List<int[]> _results = [];
    private Entry[] _entries = [];

    /// <summary>A question will be looked for soon.</summary>
    /// <param name="question">The hash of its name, type and class.</param>
    public void Expect(ulong question)
    {
        if (_entries.Length > 0)
        {
            MemoryHint.WillBeRead(in _entries[PlaceOf(question)]);
        }
    }

    /// <summary>What is known of a question.</summary>
    /// <param name="question">The hash of its name, type and class (<see cref="Messages.LookupKey.Question"/>).</param>
    /// <param name="known">What is known; nothing if false.</param>
    public bool TryFind(ulong question, out KnownMatches known)
    {
        known = default;
        if (_entries.Length == 0)
        {
            return false;
        }

        ref readonly var entry = ref _entries[PlaceOf(question)];
        if (entry.Question != question)
        {
            return false;
        }

        known = new KnownMatches(_results[entry.Result], entry.HasNoHits);
        return true;
    }

    /// <summary>Adds a question, in the place of another.</summary>
    /// <param name="question">The hash of its name, type and class.</param>
    /// <param name="rules">The recurring rules that match it, ascending.</param>
    /// <param name="hasNoHits">Whether nothing was found in it (<see cref="MatchState.HadRecurringHits"/>).</param>
    public void Add(ulong question, ReadOnlySpan<int> rules, bool hasNoHits)
    {
        var result = 0;
        while (result < _results.Count && !rules.SequenceEqual(_results[result]))
        {
            result++;
        }

        if (result == MaximumResults)
        {
            return;
        }

        if (result == _results.Count)
        {
            _results.Add(rules.ToArray());
        }

        if (_entries.Length == 0)
        {
            _entries = new Entry[Size];
        }

        _entries[PlaceOf(question)] = new Entry(question, result, hasNoHits);
    }

    /// <summary>Forgets all questions.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        _results.Clear();
    }

    // The lowest bit of the hash of a question is always set.
    private static int PlaceOf(ulong question) => (int)(question >> 1) & (Size - 1);

    private readonly record struct Entry(ulong Question, int Result, bool HasNoHits);
}
