using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>Who asked whom: the same for a query and its response. Texts are made when a rule asks for them.</summary>
internal sealed class FlowFields(TextBuffer text)
{
    private readonly byte[] _octets = new byte[16];
    private NetAddress _client;
    private NetAddress _server;
    private ushort _clientPort;
    private ushort _serverPort;
    private Transport _transport;
    private PacketTime _time;

    /// <summary>Loads the flow of a message.</summary>
    public void Load(in ObservedMessage message)
    {
        _client = message.Client;
        _server = message.Server;
        _clientPort = message.ClientPort;
        _serverPort = message.ServerPort;
        _transport = message.Payload.Transport;
        _time = message.Payload.Time;
    }

    /// <summary>Whether the capture has a time for the message.</summary>
    public bool HasTime => _time.HasValue;

    /// <summary>The value of a field of the flow.</summary>
    public FieldValue Get(DnsField field) => field switch
    {
        DnsField.ClientAddress => AddressText(_client),
        DnsField.ServerAddress => AddressText(_server),
        DnsField.ClientPort => FieldValue.FromNumber(_clientPort),
        DnsField.ServerPort => FieldValue.FromNumber(_serverPort),
        DnsField.Transport => FieldValue.FromText(_transport == Transport.Udp ? "udp"u8 : "tcp"u8),
        DnsField.CommunityId => CommunityIdText(),
        DnsField.MessageTime => FieldValue.FromNumber(new SigmaNumber(_time.Nanoseconds / 1e9)),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no field of the flow"),
    };

    /// <summary>The 4 or 16 octets of an address; valid until the next call.</summary>
    public ReadOnlySpan<byte> GetAddress(DnsField field)
    {
        var address = field == DnsField.ClientAddress ? _client : _server;
        address.WriteTo(_octets);
        return _octets.AsSpan(0, address.LengthInBytes);
    }

    private FieldValue AddressText(NetAddress address)
    {
        address.TryFormat(text.Free(NetAddress.MaximumTextLength), out var length);
        return FieldValue.FromText(text.Append(length));
    }

    private FieldValue CommunityIdText()
    {
        CommunityId.Write(_transport, _client, _clientPort, _server, _serverPort, text.Free(CommunityId.TextLength));
        return FieldValue.FromText(text.Append(CommunityId.TextLength));
    }
}
