using System.Text;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// The last hits of one rule, as far as an alert would tell of them: a ring of entries, and one of the names' bytes. It grows to its bound;
/// beyond that the oldest are forgotten. Allocates only where it grows.
/// </summary>
internal sealed class EvidenceLog
{
    private const int SmallestCount = 64;
    private const int LargestCount = 65_536;
    private const int SmallestBytes = 4096;
    private const int LargestBytes = 4 * 1024 * 1024;

    private Entry[] _entries = new Entry[SmallestCount];
    private byte[] _names = new byte[SmallestBytes];
    private long _next;
    private long _written;

    /// <summary>Adds a hit.</summary>
    /// <returns>Its number, by which <see cref="Find"/> knows it.</returns>
    public long Add(NetAddress client, ushort port, ReadOnlySpan<byte> name, bool hasName, long packetNumber, PacketSource source)
    {
        MakeRoom(name.Length);
        _entries[_next & (_entries.Length - 1)] = new Entry
        {
            Client = client,
            Port = port,
            PacketNumber = packetNumber,
            Source = source,
            NameStart = _written,
            NameLength = hasName ? name.Length : -1,
        };
        var start = (int)(_written & (_names.Length - 1));
        var first = Math.Min(name.Length, _names.Length - start);
        name[..first].CopyTo(_names.AsSpan(start));
        name[first..].CopyTo(_names);
        _written += name.Length;
        return _next++;
    }

    /// <summary>A hit as an alert tells of it; null where it is forgotten. Allocates: for alerts.</summary>
    public CorrelatedEvent? Find(long number, long time, PacketSource alertSource)
    {
        if (number < 0 || number >= _next || _next - number > _entries.Length)
        {
            return null;
        }

        ref var entry = ref _entries[number & (_entries.Length - 1)];
        if (entry.NameLength > 0 && _written - entry.NameStart > _names.Length)
        {
            return null;
        }

        return new CorrelatedEvent(
            time, new AlertEndpoint(entry.Client.ToString(), entry.Port), entry.NameLength < 0 ? null : Encoding.UTF8.GetString(NameOf(entry)),
            entry.PacketNumber, entry.Source!.File == alertSource.File ? null : entry.Source.File);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        _next = 0;
        _written = 0;
    }

    private byte[] NameOf(in Entry entry)
    {
        var name = new byte[entry.NameLength];
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = _names[(entry.NameStart + i) & (_names.Length - 1)];
        }

        return name;
    }

    private void MakeRoom(int nameLength)
    {
        if (_next >= _entries.Length && _entries.Length < LargestCount)
        {
            var grown = new Entry[_entries.Length * 2];
            for (var number = _next - _entries.Length; number < _next; number++)
            {
                grown[number & (grown.Length - 1)] = _entries[number & (_entries.Length - 1)];
            }

            _entries = grown;
        }

        while (_written + nameLength > _names.Length && _names.Length < LargestBytes)
        {
            var grown = new byte[_names.Length * 2];
            for (var place = Math.Max(0, _written - _names.Length); place < _written;)
            {
                var from = (int)(place & (_names.Length - 1));
                var count = (int)Math.Min(_names.Length - from, _written - place);
                _names.AsSpan(from, count).CopyTo(grown.AsSpan((int)(place & (grown.Length - 1))));
                place += count;
            }

            _names = grown;
        }
    }

    private struct Entry
    {
        public NetAddress Client;
        public ushort Port;
        public long PacketNumber;
        public PacketSource? Source;
        public long NameStart;
        public int NameLength;
    }
}
