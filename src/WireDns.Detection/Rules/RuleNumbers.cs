using System.Runtime.InteropServices;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Gives each rule and correlation a small number that it keeps when rules are reloaded; state and counters are keyed by it. Shared by successive
/// loads of rules. Thread-safe.
/// </summary>
/// <remarks>
/// A rule is recognised by its id, title and content; if it was edited, by its id; if it has no id, by its content. No two rules of one load have the
/// same number. When a rule disappears, its number is reserved for its return and never given to another rule, so counts under it stay correct.
/// Numbers therefore run out after <see cref="Capacity"/> different rules; the next rules loaded then start with new numbers, as after a restart of
/// the program.
/// </remarks>
internal sealed class RuleNumbers
{
    /// <summary>The maximum number of different rules: 75 times the size of SigmaHQ. A worker's counters by number take at most 2 MiB.</summary>
    public const int Capacity = 262_144;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly List<RuleIdentity> _known = [];

    // The first rules. Most are never reloaded, so their digests are computed only on a reload.
    private IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> _first = [];

    private RuleNumbers(int capacity) => _capacity = capacity;

    /// <summary>Numbers rules that have no predecessor.</summary>
    /// <returns>The new source of numbers, and the documents' numbers in the order of the documents: 0, 1, 2 …</returns>
    public static (RuleNumbers Numbers, IReadOnlyList<int> OfDocuments) Begin(
        IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> documents, int capacity = Capacity) =>
        (new RuleNumbers(capacity) { _first = documents }, [.. Enumerable.Range(0, documents.Count)]);

    /// <summary>Numbers rules that replace others.</summary>
    /// <param name="documents">The rules and correlations, with the digests of their content.</param>
    /// <returns>The source of numbers, which is a new one if this one ran out, and the documents' numbers in the order of the documents.</returns>
    public (RuleNumbers Numbers, IReadOnlyList<int> OfDocuments) Follow(IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> documents)
    {
        lock (_lock)
        {
            _known.AddRange(_first.Select(Identify));
            _first = [];
            var wanted = documents.Select(Identify).ToList();
            var numbers = new int[documents.Count];
            Array.Fill(numbers, -1);
            var isTaken = new bool[_known.Count];
            Claim(wanted, numbers, isTaken, identity => identity);
            Claim(wanted, numbers, isTaken, identity => identity.Id is null ? null : identity with { Title = "", Content = default });
            Claim(wanted, numbers, isTaken, identity => identity.Id is null ? identity with { Title = "" } : null);
            if (_known.Count + numbers.Count(number => number < 0) > _capacity)
            {
                return Begin(documents, _capacity);
            }

            for (var i = 0; i < numbers.Length; i++)
            {
                if (numbers[i] < 0)
                {
                    numbers[i] = _known.Count;
                    _known.Add(wanted[i]);
                }
                else
                {
                    _known[numbers[i]] = wanted[i];
                }
            }

            return (this, numbers);
        }
    }

    /// <summary>Which numbers rules of an earlier process have among others, by what those would be recognised by over a reload.</summary>
    /// <param name="earlier">The rules of then, each with its number.</param>
    /// <param name="documents">The rules of today, with the digests of their content.</param>
    /// <returns>The place among the rules of today, by the number of then; rules that are gone are not in it.</returns>
    public static Dictionary<int, int> Recognise(
        IReadOnlyList<(int Number, RuleIdentity Identity)> earlier, IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> documents)
    {
        var known = new RuleNumbers(int.MaxValue);
        known._known.AddRange(earlier.Select(rule => rule.Identity));
        return known.Follow(documents).OfDocuments.Index().Where(pair => pair.Item < earlier.Count).ToDictionary(pair => earlier[pair.Item].Number, pair => pair.Index);
    }

    /// <summary>
    /// Gives each unnumbered rule the number of a known rule with the same key. Each number is used once; the oldest known rules come first.
    /// </summary>
    private void Claim(List<RuleIdentity> wanted, int[] numbers, bool[] isTaken, Func<RuleIdentity, RuleIdentity?> keyOf)
    {
        var free = new Dictionary<RuleIdentity, Queue<int>>();
        for (var number = 0; number < isTaken.Length; number++)
        {
            if (!isTaken[number] && keyOf(_known[number]) is { } key)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(free, key, out _) ??= new Queue<int>()).Enqueue(number);
            }
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] < 0 && keyOf(wanted[i]) is { } key && free.TryGetValue(key, out var queue) && queue.TryDequeue(out var number))
            {
                numbers[i] = number;
                isTaken[number] = true;
            }
        }
    }

    /// <summary>What a rule is recognised by.</summary>
    public static RuleIdentity Identify((SigmaDocument Document, Func<UInt128> Digest) rule) =>
        new(rule.Document is CorrelationRule, rule.Document.Id?.ToLowerInvariant(), rule.Document.Title, rule.Digest());

}

/// <summary>What a rule is recognised by.</summary>
/// <param name="IsCorrelation">Whether it is a correlation.</param>
/// <param name="Id">Its id, in small letters; null if it has none.</param>
/// <param name="Title">Its title.</param>
/// <param name="Content">The digest of its content.</param>
internal sealed record RuleIdentity(bool IsCorrelation, string? Id, string Title, UInt128 Content);
