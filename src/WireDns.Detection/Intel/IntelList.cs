using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WireDns.Alerts;
using WireDns.Sigma;

namespace WireDns.Detection.Intel;

/// <summary>
/// The indicators of a file: domain names, each with where it comes from and until when it holds. One array of names and 16 bytes for each indicator, and
/// what its source says of it, so that a million take some 45 MB. Immutable once it is read; workers share it.
/// </summary>
public sealed class IntelList
{
    /// <summary>The most indicators of a list.</summary>
    internal const int Most = 20_000_000;

    // Arrays end at 2^31; far below that a list is no list of names.
    private const int MostBytes = 1 << 30;
    private const int NoDetail = -1;

    private readonly UInt128 _seed = BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));
    private readonly SortedDictionary<IntelRefusal, long> _refused = [];
    private readonly List<string> _messages = [];
    private byte[] _names = new byte[1024];
    private byte[] _details = [];
    private Row[] _rows = new Row[64];
    private int[] _slots = new int[256];
    private int _nameBytes;
    private int _detailBytes;

    /// <param name="name">The name of the list: letters, digits and underscores.</param>
    /// <param name="file">The file, as the user named it.</param>
    internal IntelList(string name, string file)
    {
        Name = name;
        File = file;
    }

    /// <summary>The name of the list, which its rule and its placeholder (<c>%intel_NAME%</c>) have.</summary>
    public string Name { get; }

    /// <summary>The file, as the user named it.</summary>
    public string File { get; }

    /// <summary>How the file is written: list, hosts, rpz, csv, stix, misp.</summary>
    public string Format { get; internal set; } = "list";

    /// <summary>Number of different names that are indicators, expired ones too.</summary>
    public int Count { get; private set; }

    /// <summary>Entries of a name that the list has already. The one that holds longest is used.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Entries that are not used, by reason.</summary>
    public IReadOnlyDictionary<IntelRefusal, long> Refused => _refused;

    /// <summary>A line for each of the first faults, with file, line and column, and for what was left out on purpose.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>Why the file could not be read to its end; null if it was.</summary>
    public string? Fault { get; internal set; }

    /// <summary>Length of all names together, in characters.</summary>
    internal int NameLength => _nameBytes - Count;

    /// <summary>How many indicators have expired.</summary>
    /// <param name="now">The time.</param>
    public int CountExpired(DateTimeOffset now)
    {
        var expired = 0;
        var seconds = now.ToUnixTimeSeconds();
        foreach (ref readonly var row in _rows.AsSpan(0, Count))
        {
            expired += IsExpired(row, seconds) ? 1 : 0;
        }

        return expired;
    }

    /// <summary>The names, in xn-- form and lower case. Each enumeration makes them anew.</summary>
    public IEnumerable<string> Names => Enumerable.Range(0, Count).Select(indicator => Encoding.ASCII.GetString(NameOf(indicator)));

    /// <summary>Finds the most specific indicator that covers a name: the name itself or a domain above it.</summary>
    /// <param name="name">The name as text, with escapes, in any case.</param>
    /// <param name="unixSeconds">The time at which it must hold; null takes each.</param>
    /// <returns>The indicator's number; -1 if there is none. Expired ones are passed over where a less specific one holds.</returns>
    internal int Find(ReadOnlySpan<byte> name, long? unixSeconds)
    {
        const int Longest = 256;
        if (name.Length > Longest)
        {
            // Only escapes make a name as long, and the names of lists have none: they can be at its end alone.
            name = name[^Longest..];
            var dot = name.IndexOf((byte)'.');
            name = dot < 0 ? default : name[(dot + 1)..];
        }

        Span<byte> lower = stackalloc byte[Longest];
        Ascii.ToLower(name, lower, out var length);
        for (var rest = lower[..length]; !rest.IsEmpty;)
        {
            var found = FindWhole(rest);
            if (found >= 0 && (unixSeconds is not { } now || !IsExpired(_rows[found], now)))
            {
                return found;
            }

            var dot = FindDot(rest);
            rest = dot < 0 ? default : rest[(dot + 1)..];
        }

        return -1;
    }

    /// <summary>What alerts say about an indicator.</summary>
    internal AlertIndicator Describe(int indicator)
    {
        var row = _rows[indicator];
        var detail = row.Detail == NoDetail ? new IndicatorDetail() : IndicatorDetail.Decode(_details.AsSpan(row.Detail));
        return new AlertIndicator
        {
            Name = Encoding.ASCII.GetString(NameOf(indicator)),
            List = Name,
            File = File,
            Line = row.Line,
            Id = detail.Id,
            Title = detail.Title,
            Labels = detail.Labels,
            Confidence = detail.Confidence,
            ValidFrom = detail.ValidFrom,
            ValidUntil = row.Until == 0 ? null : row.Until,
        };
    }

    /// <summary>Makes room for about as many bytes of names at once: growing would leave arrays of their size behind.</summary>
    internal void Reserve(long lengthInBytes)
    {
        const int UsualLength = 12;
        if (lengthInBytes is > 0 and < MostBytes)
        {
            _names = new byte[lengthInBytes + 1];
            _rows = new Row[Math.Max(_rows.Length, lengthInBytes / UsualLength)];
        }
    }

    /// <summary>Adds a name that <see cref="IndicatorName"/> has accepted.</summary>
    internal void Add(ReadOnlySpan<byte> name, int line, IndicatorDetail? detail)
    {
        var until = ToSeconds(detail?.ValidUntil);
        var slot = FindSlot(name);
        if (_slots[slot] > 0)
        {
            Duplicates++;
            ref var known = ref _rows[_slots[slot] - 1];
            if (known.Until != 0 && (until == 0 || until > known.Until))
            {
                (known.Until, known.Line, known.Detail) = (until, line, Store(detail));
            }

            return;
        }

        if (Count == Most || name.Length + 1 > MostBytes - _nameBytes)
        {
            Refuse(IntelRefusal.NoRoom);
            return;
        }

        Grow(ref _names, _nameBytes + name.Length + 1);
        Grow(ref _rows, Count + 1);
        _names[_nameBytes] = (byte)name.Length;
        name.CopyTo(_names.AsSpan(_nameBytes + 1));
        _rows[Count] = new Row { Name = _nameBytes, Line = line, Until = until, Detail = Store(detail) };
        _nameBytes += name.Length + 1;
        _slots[slot] = ++Count;
        if (Count > _slots.Length / 2)
        {
            Rehash();
        }
    }

    /// <summary>Counts an entry that is not used.</summary>
    internal void Refuse(IntelRefusal refusal) => _refused[refusal] = _refused.GetValueOrDefault(refusal) + 1;

    /// <summary>Says something about the file to the user.</summary>
    internal void Say(string message) => _messages.Add(message);

    private static bool IsExpired(in Row row, long unixSeconds) => row.Until != 0 && row.Until <= unixSeconds;

    // Nothing holds for longer than 32 bits of seconds, until 2106; what ended before 1970 has ended in its first second.
    private static uint ToSeconds(DateTimeOffset? time) =>
        time is not { } moment || moment.ToUnixTimeSeconds() > uint.MaxValue ? 0 : (uint)Math.Max(1, moment.ToUnixTimeSeconds());

    // A dot after a backslash is a part of a label.
    private static int FindDot(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\')
            {
                i++;
            }
            else if (name[i] == '.')
            {
                return i;
            }
        }

        return -1;
    }

    private int FindWhole(ReadOnlySpan<byte> name) => _slots[FindSlot(name)] - 1;

    /// <summary>The slot of a name, or the empty one where it would be.</summary>
    private int FindSlot(ReadOnlySpan<byte> name)
    {
        var slot = HomeOf(name);
        while (_slots[slot] > 0 && !NameOf(_slots[slot] - 1).SequenceEqual(name))
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private int HomeOf(ReadOnlySpan<byte> name)
    {
        var hash = new KeyedHash(_seed);
        hash.Add(name);
        return (int)(ulong)hash.Digest & (_slots.Length - 1);
    }

    private ReadOnlySpan<byte> NameOf(int indicator) => _names.AsSpan(_rows[indicator].Name + 1, _names[_rows[indicator].Name]);

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            var slot = HomeOf(NameOf(i));
            while (_slots[slot] > 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    private int Store(IndicatorDetail? detail)
    {
        if (detail is null || !detail.HasText || detail.EncodedLength > MostBytes - _detailBytes)
        {
            return NoDetail;
        }

        Grow(ref _details, _detailBytes + detail.EncodedLength);
        var start = _detailBytes;
        _detailBytes += detail.Encode(_details.AsSpan(start));
        return start;
    }

    // By half, not to twice the size: a long list should not take more than it needs.
    private static void Grow<T>(ref T[] array, int needed)
    {
        if (array.Length < needed)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(needed, array.Length * 3L / 2)));
        }
    }

    private struct Row
    {
        public int Name;
        public int Line;
        public uint Until; // seconds since 1970; 0 is for ever
        public int Detail;
    }
}
