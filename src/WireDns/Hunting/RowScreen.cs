using System.Runtime.InteropServices;
using WireDns.Detection.Screening;
using WireDns.Parquet.Reading;

namespace WireDns.Hunting;

/// <summary>What is to be done with a row.</summary>
internal enum RowNeed : byte
{
    /// <summary>No rule can match a lookup with its question.</summary>
    None,

    /// <summary>No rule matches it, unless what is known of another row of its lookup changes that.</summary>
    WithOthers,

    /// <summary>A rule may match it.</summary>
    Made,

    /// <summary>It may have another name, or records, that the log does not name: a rule may match it, and it may be of any lookup with its question.</summary>
    Unusual,
}

/// <summary>Judges the rows of groups by few columns. One thread at a time.</summary>
internal sealed class RowScreen(LookupScreen screen)
{
    private const int MostTypes = 64;
    private const int MostVerdicts = 65_536;
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    private readonly List<byte[]> _types = [];
    private readonly Dictionary<(LookupHeader Header, ulong Types), HeaderVerdict> _verdicts = [];

    /// <summary>What of a group is looked at.</summary>
    public HeadParts Parts { get; } = HeadParts.Names | HeadParts.Headers | (screen.MindsAnswerTypes ? HeadParts.AnswerTypes : HeadParts.None);

    /// <summary>Judges the rows of a group.</summary>
    /// <param name="heads">The rows.</param>
    /// <param name="needs">Takes what is to be done with each row.</param>
    /// <param name="lookups">Takes a hash of each row's lookup: that of its query, response and further responses.</param>
    public void Judge(LookupHeads heads, Span<RowNeed> needs, Span<ulong> lookups)
    {
        var nameHash = 0UL;
        HeaderVerdict? last = null;
        var lastKey = default((LookupHeader, ulong));
        var (mayMatch, mayMatchQuestion) = (false, false);
        for (var row = 0; row < heads.Count; row++)
        {
            var isSameName = heads.IsNameOfRowBefore(row);
            if (!isSameName)
            {
                var name = heads.Name(row);
                nameHash = HashOf(name);
                screen.SetName(name);
            }

            lookups[row] = LookupOf(nameHash, heads.ClientPort[row], heads.MessageId[row]);
            if (heads.IsUnusual(row) || (screen.MindsCase && heads.HasCapitals(row)) || !TryKey(heads, row, out var key))
            {
                needs[row] = RowNeed.Unusual;
                last = isSameName ? last : null;
                continue;
            }

            if (last is null || !isSameName || key != lastKey)
            {
                last = last is not null && key == lastKey ? last : Judge(key);
                lastKey = key;
                mayMatch = screen.MayMatch(last);
                mayMatchQuestion = mayMatch || screen.MayMatchQuestion(last);
            }

            needs[row] = mayMatch ? RowNeed.Made : mayMatchQuestion ? RowNeed.WithOthers : RowNeed.None;
        }
    }

    private HeaderVerdict Judge(in (LookupHeader Header, ulong Types) key)
    {
        if (_verdicts.TryGetValue(key, out var verdict))
        {
            return verdict;
        }

        if (_verdicts.Count >= MostVerdicts)
        {
            _verdicts.Clear();
        }

        var types = key.Types;
        verdict = screen.Judge(key.Header, [.. _types.Where((_, index) => (types >> index & 1) != 0)]);
        _verdicts.Add(key, verdict);
        return verdict;
    }

    private bool TryKey(LookupHeads heads, int row, out (LookupHeader Header, ulong Types) key)
    {
        var (query, response) = (heads.QueryFlags[row], heads.ResponseFlags[row]);
        var header = new LookupHeader(
            (ushort)heads.Type[row], (ushort)heads.Class[row], query == LookupHeads.Missing ? null : (ushort)query, response == LookupHeads.Missing ? null : (ushort)response,
            response == LookupHeads.Missing ? 0 : Math.Max(0, heads.ResponseCode[row]));
        var areKnown = true;
        var types = 0UL;
        for (var answer = 0; screen.MindsAnswerTypes && answer < heads.CountAnswers(row); answer++)
        {
            var type = PlaceOf(heads.AnswerType(row, answer));
            areKnown &= type < MostTypes;
            types |= 1UL << type;
        }

        key = (header, types);
        return areKnown;
    }

    // Logs have few types.
    private int PlaceOf(ReadOnlySpan<byte> type)
    {
        var place = 0;
        while (place < _types.Count && !type.SequenceEqual(_types[place]))
        {
            place++;
        }

        if (place == _types.Count && place < MostTypes)
        {
            _types.Add(type.ToArray());
        }

        return place;
    }

    // Lookups that differ may have the same hash: then a row is made that need not be.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        var hash = (ulong)name.Length;
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(name));
        }

        foreach (var octet in name)
        {
            hash = (hash << 8) ^ (hash >> 56) ^ octet;
        }

        return Mix(hash);
    }

    private static ulong LookupOf(ulong nameHash, int port, int id) => Mix(nameHash ^ ((ulong)(uint)port << 16) ^ (uint)id);

    private static ulong Mix(ulong value)
    {
        value *= Multiplier;
        value ^= value >> 32;
        return value * Multiplier;
    }
}
