using System.Globalization;
using System.Net;
using WireDns.Detection.Logging;
using WireDns.Detection.Messages;
using WireDns.Parquet.Reading;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Hunting;

/// <summary>Turns rows into lookups that can be matched again. Most texts recur from row to row, so what they mean is remembered. One thread at a time.</summary>
internal sealed class LookupReader
{
    private const int MostRemembered = 65_536;
    private const long NanosecondsPerMicrosecond = 1000;
    private const long NanosecondsPerTick = 100;

    private static readonly Dictionary<string, TunnelKind> TunnelKinds = Enum.GetValues<TunnelKind>().ToDictionary(kind => kind.ToName(), StringComparer.Ordinal);

    private readonly LoggedLookup _lookup = new();
    private readonly Dictionary<string, NetAddress?> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NetAddress?>.AlternateLookup<ReadOnlySpan<char>> _addressesByText;
    private readonly Dictionary<string, DnsRecordType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DnsRecordType>.AlternateLookup<ReadOnlySpan<char>> _typesByText;
    private readonly Dictionary<(string File, string Interface), PacketSource> _sources = [];
    private ReadOnlyMemory<char> _lastFile;
    private ReadOnlyMemory<char> _lastInterface;
    private PacketSource? _lastSource;

    public LookupReader()
    {
        _addressesByText = _addresses.GetAlternateLookup<ReadOnlySpan<char>>();
        _typesByText = _types.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Rows that are no lookups: an address is none.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Lookups that the log does not have in full: an unusual message without its octets.</summary>
    public long Incomplete { get; private set; }

    /// <summary>Reads a row. The lookup is valid until the next call; null if the row is none.</summary>
    public LoggedLookup? Read(LookupRows rows, int row)
    {
        if (AddressOf(rows.Client[row]) is not { } client || AddressOf(rows.Server[row]) is not { } server)
        {
            Unreadable++;
            return null;
        }

        var lookup = _lookup;
        (lookup.Client, lookup.ClientPort) = (client, (ushort)rows.ClientPort[row]);
        (lookup.Server, lookup.ServerPort) = (server, (ushort)rows.ServerPort[row]);
        lookup.Transport = rows.Transport[row].Span is "tcp" ? Transport.Tcp : Transport.Udp;
        lookup.Tunnels = rows.Tunnels[row].IsEmpty ? [] : TunnelsOf(rows.Tunnels[row]);
        lookup.VlanIds = rows.VlanIds[row].IsEmpty ? [] : VlanIdsOf(rows.VlanIds[row]);
        lookup.MessageId = (ushort)rows.MessageId[row];
        lookup.Name = !rows.NameOnWire[row].IsEmpty ? rows.NameOnWire[row] : rows.HasQuestion(row) ? rows.Name[row] : default;
        lookup.QueryName = rows.NameInQuery[row];
        (lookup.Type, lookup.Class) = ((DnsRecordType)rows.Type[row], (DnsClass)rows.Class[row]);
        lookup.IsDnssecOk = rows.IsDnssecOk[row];

        var first = TimeOf(rows, row);
        var hasQuery = rows.HasQuery(row);
        var hasOwnQuery = hasQuery && !rows.IsFurther[row];
        lookup.QueryFlags = hasOwnQuery ? (ushort)rows.QueryFlags[row] : null;
        (lookup.QueryTime, lookup.QueryPacketNumber) = (first, rows.Packet[row]);
        (lookup.QueryOctets, lookup.IsQueryCut) = (rows.QueryOctets[row], rows.IsQueryCut[row]);
        lookup.ResponseFlags = rows.HasResponse(row) ? (ushort)rows.ResponseFlags[row] : null;
        lookup.ResponseTime = hasQuery && rows.HasRoundTrip(row)
            ? PacketTime.FromNanoseconds(first.Nanoseconds + (rows.RoundTrip[row] * NanosecondsPerMicrosecond) + rows.RoundTripNanoseconds[row])
            : first;
        lookup.ResponsePacketNumber = rows.Packet[row] + rows.RoundTripPackets[row];
        (lookup.ResponseOctets, lookup.IsResponseCut) = (rows.ResponseOctets[row], rows.IsResponseCut[row]);
        lookup.ResponseCode = rows.ResponseCode[row];
        lookup.HasOtherRecords = rows.Authority[row] + rows.Additional[row] > 0;
        lookup.Answers.Clear();
        for (var answer = rows.AnswerStarts[row]; answer < rows.AnswerStarts[row + 1] && lookup.ResponseOctets.IsEmpty; answer++)
        {
            lookup.Answers.Add(new LoggedAnswer(rows.AnswerName[answer], TypeOf(rows.AnswerType[answer]), (uint)rows.AnswerTimeToLive[answer], rows.AnswerData[answer]));
        }

        Incomplete += IsUnusual(rows, row) ? 1 : 0;
        return lookup;
    }

    /// <summary>When the first message of a row was seen.</summary>
    public static PacketTime TimeOf(LookupRows rows, int row) => !rows.HasTime(row) ? default : PacketTime.FromNanoseconds(
        ((rows.Time[row].Ticks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick) + rows.TimeNanoseconds[row]);

    /// <summary>Where the packets of a row came from.</summary>
    public PacketSource SourceOf(LookupRows rows, int row)
    {
        var (file, captured) = (rows.File[row], rows.Interface[row]);
        if (_lastSource is null || !file.Span.SequenceEqual(_lastFile.Span) || !captured.Span.SequenceEqual(_lastInterface.Span))
        {
            (_lastFile, _lastInterface) = (file, captured);
            var key = (file.ToString(), captured.ToString());
            if (!_sources.TryGetValue(key, out _lastSource))
            {
                if (_sources.Count >= MostRemembered)
                {
                    _sources.Clear();
                }

                _lastSource = new PacketSource(file.IsEmpty ? null : key.Item1, captured.IsEmpty ? [] : [key.Item2]);
                _sources.Add(key, _lastSource);
            }
        }

        return _lastSource;
    }

    private static bool IsUnusual(LookupRows rows, int row) =>
        (rows.QueryOctets[row].IsEmpty && (rows.IsQueryCut[row] || !rows.QueryFault[row].IsEmpty) && !rows.IsFurther[row])
        || (rows.ResponseOctets[row].IsEmpty && (rows.IsResponseCut[row] || !rows.ResponseFault[row].IsEmpty));

    private NetAddress? AddressOf(ReadOnlyMemory<char> text)
    {
        if (_addressesByText.TryGetValue(text.Span, out var address))
        {
            return address;
        }

        if (_addresses.Count >= MostRemembered)
        {
            _addresses.Clear();
        }

        address = IPAddress.TryParse(text.Span, out var parsed) ? NetAddress.From(parsed) : null;
        _addresses.Add(text.ToString(), address);
        return address;
    }

    private DnsRecordType TypeOf(ReadOnlyMemory<char> text)
    {
        if (_typesByText.TryGetValue(text.Span, out var type))
        {
            return type;
        }

        if (_types.Count >= MostRemembered)
        {
            _types.Clear();
        }

        _ = DnsMnemonics.TryParse(text.Span, out type);
        _types.Add(text.ToString(), type);
        return type;
    }

    private static Tunnel[] TunnelsOf(ReadOnlyMemory<char> text) =>
        [.. text.ToString().Split(',').Where(TunnelKinds.ContainsKey).Select(name => new Tunnel(TunnelKinds[name], 0))];

    private static ushort[] VlanIdsOf(ReadOnlyMemory<char> text) =>
        [.. text.ToString().Split(',').Select(id => ushort.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (ushort)0)];
}
