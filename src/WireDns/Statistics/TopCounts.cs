namespace WireDns.Statistics;

/// <summary>
/// Counts by key in bounded memory (after Manku and Motwani's lossy counting, 2002): when the table is full, the lower half of it is dropped. Counts of
/// keys that were never dropped are exact; a key that comes back says how many may be missing from its count. One thread at a time.
/// </summary>
/// <typeparam name="TEntry">What is known of a key.</typeparam>
/// <param name="capacity">Keys that are counted at once, from 2 on.</param>
internal sealed class TopCounts<TEntry>(int capacity)
    where TEntry : CountedEntry, new()
{
    private readonly Dictionary<string, TEntry> _entries = new(StringComparer.Ordinal);
    private long _highestDropped;

    /// <summary>Keys that were dropped so far; one that came back and was dropped again counts twice.</summary>
    public long Dropped { get; private set; }

    /// <summary>The keys that are known, in no order.</summary>
    public IEnumerable<KeyValuePair<string, TEntry>> Entries => _entries;

    /// <summary>Counts a key once, and gives its entry.</summary>
    public TEntry Count(string key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count >= capacity)
            {
                DropHalf();
            }

            entry = new TEntry { Missing = _highestDropped };
            _entries.Add(key, entry);
        }

        entry.Count++;
        return entry;
    }

    /// <summary>The entries with the highest numbers, highest first; equal ones in the order of their keys.</summary>
    public List<KeyValuePair<string, TEntry>> Top(int count, Func<TEntry, double> number) =>
        [.. _entries.OrderByDescending(entry => number(entry.Value)).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(count)];

    private void DropHalf()
    {
        var counts = _entries.Values.Select(entry => entry.Count).Order().ToArray();
        var limit = counts[(counts.Length - 1) / 2];
        var surplus = counts.Length / 2;
        foreach (var (key, entry) in _entries)
        {
            if (surplus > 0 && entry.Count <= limit)
            {
                _entries.Remove(key);
                _highestDropped = Math.Max(_highestDropped, entry.Count + entry.Missing);
                Dropped++;
                surplus--;
            }
        }
    }
}

/// <summary>What is known of a counted key.</summary>
internal class CountedEntry
{
    /// <summary>How many were counted.</summary>
    public long Count { get; set; }

    /// <summary>How many more there may have been, at most, before the table was full; 0 where the count is exact.</summary>
    public long Missing { get; init; }
}
