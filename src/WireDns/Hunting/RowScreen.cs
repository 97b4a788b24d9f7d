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

    /// <summary>It has other names or records than the log's columns say: a rule may match it, and which rows are of its lookup is not known.</summary>
    Unusual,
}

/// <summary>What was learnt of the rows of a group.</summary>
/// <param name="count">How many there are.</param>
internal sealed class JudgedRows(int count)
{
    /// <summary>What is to be done with each row.</summary>
    public RowNeed[] Needs { get; } = new RowNeed[count];

    /// <summary>Hashes: of the names of rows that need nothing, and of the lookups of the others, which further rows may have.</summary>
    public ulong[] Keys { get; } = new ulong[count];

    /// <summary>Hashes of the names of unusual rows.</summary>
    public List<ulong> UnusualNames { get; } = [];
}

/// <summary>Judges the rows of groups by few columns. One thread at a time.</summary>
internal sealed class RowScreen(LookupScreen screen)
{
    private const int MostTypes = 64;
    private const int MostVerdicts = 65_536;
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    private readonly List<byte[]> _types = [];
    private readonly Dictionary<(LookupHeader Header, ulong Types), HeaderVerdict> _verdicts = [];

    /// <summary>What is read of a group with a name that a rule may match: <see cref="HasOpenName"/>.</summary>
    public HeadParts Parts { get; } = HeadParts.Headers | (screen.MindsAnswerTypes ? HeadParts.AnswerTypes : HeadParts.None);

    /// <summary>Whether a rule may match the name of a row that is not odd.</summary>
    public bool HasOpenName(LookupHeads heads)
    {
        for (var row = 0; row < heads.Count; row++)
        {
            if (!heads.IsNameOfRowBefore(row))
            {
                screen.SetName(heads.Name(row));
                if (screen.MayMatchName())
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Judges the rows of a group.</summary>
    /// <param name="heads">The rows.</param>
    /// <param name="hasHeaders">Whether <see cref="Parts"/> were read; otherwise no name is open.</param>
    public JudgedRows Judge(LookupHeads heads, bool hasHeaders)
    {
        var rows = new JudgedRows(heads.Count);
        var nameHash = 0UL;
        HeaderVerdict? last = null;
        var (lastKey, lastNeed) = (default((LookupHeader, ulong)), RowNeed.None);
        for (var row = 0; row < heads.Count; row++)
        {
            if (!heads.IsNameOfRowBefore(row))
            {
                nameHash = HashOf(heads.Name(row));
                last = null;
                if (hasHeaders)
                {
                    screen.SetName(heads.Name(row));
                }
            }

            ref var need = ref rows.Needs[row];
            rows.Keys[row] = nameHash;
            var key = lastKey;
            if (heads.Oddities(row) != RowOddities.None || (screen.MindsCase && heads.HasCapitals(row)) || (hasHeaders && !TryKey(heads, row, out key)))
            {
                need = (hasHeaders && screen.MayMatchName()) || MayHaveOpenName(heads, row) ? RowNeed.Unusual : RowNeed.None;
                if (need == RowNeed.Unusual)
                {
                    rows.UnusualNames.Add(nameHash);
                }
            }
            else if (hasHeaders)
            {
                if (last is null || key != lastKey)
                {
                    (last, lastKey) = (Judge(key), key);
                    lastNeed = screen.MayMatch(last) ? RowNeed.Made : screen.MayMatchQuestion(last) ? RowNeed.WithOthers : RowNeed.None;
                }

                need = lastNeed;
            }

            if (hasHeaders && need != RowNeed.None)
            {
                rows.Keys[row] = LookupOf(nameHash, heads.ClientPort[row], heads.MessageId[row]);
            }
        }

        return rows;
    }

    // Whether a name of a message may be open that is not as in qname.
    private bool MayHaveOpenName(LookupHeads heads, int row)
    {
        var odd = heads.Oddities(row);
        return (screen.MindsCase && heads.HasCapitals(row))
            || (odd.HasFlag(RowOddities.Query) && MayMatch(heads.QueryOctets(row), isResponse: false))
            || (odd.HasFlag(RowOddities.Response) && MayMatch(heads.ResponseOctets(row), isResponse: true));
    }

    private bool MayMatch(ReadOnlySpan<byte> message, bool isResponse) => message.IsEmpty || screen.MayMatchNamesIn(message, isResponse);

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
