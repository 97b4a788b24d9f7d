using System.Runtime.InteropServices;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Gives each rule and correlation a small number that it keeps while rules are loaded again: state and counters are keyed by it. Shared by the
/// rules that follow one another. Thread-safe.
/// </summary>
/// <remarks>
/// A rule is known by its id, title and content; else, when it was edited, by its id; without an id, by its content. No two rules of one load have the
/// same number. The number of a rule that is gone is kept for the case that it comes back, and never given to another one: what is counted under it
/// stays right. So the numbers run out, after <see cref="Capacity"/> different rules: the rules that are loaded then begin with new numbers, as after a
/// start of the program.
/// </remarks>
internal sealed class RuleNumbers
{
    /// <summary>How many rules are told apart: 75 times those of all of SigmaHQ. What a worker counts by number takes 2 MiB at most.</summary>
    public const int Capacity = 262_144;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly List<Identity> _known = [];

    // The first rules: most are never followed by others, so that digests of their contents are made when they are.
    private IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> _first = [];

    private RuleNumbers(int capacity) => _capacity = capacity;

    /// <summary>Numbers for rules that follow none.</summary>
    /// <returns>The numbers, and those of the documents in their order: 0, 1, 2 …</returns>
    public static (RuleNumbers Numbers, IReadOnlyList<int> OfDocuments) Begin(
        IReadOnlyList<(SigmaDocument Document, Func<UInt128> Digest)> documents, int capacity = Capacity) =>
        (new RuleNumbers(capacity) { _first = documents }, [.. Enumerable.Range(0, documents.Count)]);

    /// <summary>The numbers of rules that follow others.</summary>
    /// <param name="documents">The rules and correlations, with the digests of their contents.</param>
    /// <returns>The numbers, which are others than these where they ran out, and those of the documents in their order.</returns>
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

    /// <summary>Gives rules without a number that of a known rule which is the same under a key, each once; those known for longest first.</summary>
    private void Claim(List<Identity> wanted, int[] numbers, bool[] isTaken, Func<Identity, Identity?> keyOf)
    {
        var free = new Dictionary<Identity, Queue<int>>();
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

    private static Identity Identify((SigmaDocument Document, Func<UInt128> Digest) rule) =>
        new(rule.Document is CorrelationRule, rule.Document.Id?.ToLowerInvariant(), rule.Document.Title, rule.Digest());

    /// <summary>What a rule is known by.</summary>
    private sealed record Identity(bool IsCorrelation, string? Id, string Title, UInt128 Content);
}
