using System.Net;

namespace WireDns.TestTraffic;

/// <summary>
/// A pcap file in the making: DNS messages over UDP and IPv4, a packet each, between a client and a server. Messages are given as bytes with
/// their time, or by a client's number and a name at the time of the capture's own clock.
/// </summary>
internal sealed class LookupCapture
{
    public const string Client = "192.0.2.10";
    public const string Server = "192.0.2.53";

    // LINKTYPE_RAW: packets begin with the IP header.
    private readonly PcapBuilder _file = new(linkType: 101);

    private double _now;
    private ushort _id;

    /// <summary>The file.</summary>
    public byte[] Bytes => _file.ToArray();

    /// <summary>A query, from the client to the server.</summary>
    public LookupCapture Query(double seconds, byte[] message, string client = Client, string server = Server, ushort port = 40_000) =>
        Add(seconds, client, port, server, 53, message);

    /// <summary>A response, from the server to the client.</summary>
    public LookupCapture Response(double seconds, byte[] message, string client = Client, string server = Server, ushort port = 40_000) =>
        Add(seconds, server, 53, client, port, message);

    /// <summary>Lets time pass on the clock.</summary>
    public LookupCapture Wait(double seconds)
    {
        _now += seconds;
        return this;
    }

    /// <summary>A query of the client 192.0.2.N. Each has its own DNS id.</summary>
    public LookupCapture Query(byte client, string name, ushort type = DnsBytes.A)
    {
        _id++;
        return Repeat(client, name, type);
    }

    /// <summary>The last query again: a retransmission.</summary>
    public LookupCapture Repeat(byte client, string name, ushort type = DnsBytes.A) =>
        Query(_now, DnsBytes.Query(name, _id, type), AddressOf(client));

    /// <summary>The response to the last query, with records of its type.</summary>
    public LookupCapture Answer(byte client, string name, ushort type, params byte[][] data) => Response(
        _now, DnsBytes.Response(name, _id, type, answers: [.. data.Select(record => DnsBytes.Record(name, type, 60, record))]), AddressOf(client));

    /// <summary>A lookup of addresses: the query, and its response.</summary>
    public LookupCapture Lookup(byte client, string name, params string[] addresses) => Query(client, name)
        .Answer(client, name, DnsBytes.A, [.. addresses.Select(address => IPAddress.Parse(address).GetAddressBytes())]);

    private static string AddressOf(byte client) => new IPAddress([192, 0, 2, client]).ToString();

    private LookupCapture Add(double seconds, string source, ushort sourcePort, string destination, ushort destinationPort, byte[] message)
    {
        var microseconds = (long)Math.Round(seconds * 1_000_000);
        _file.Record(
            (uint)(1_750_000_000 + (microseconds / 1_000_000)),
            (uint)(microseconds % 1_000_000),
            Layers.Ipv4(Layers.Udp(message, sourcePort, destinationPort), 17, source, destination));
        return this;
    }
}
