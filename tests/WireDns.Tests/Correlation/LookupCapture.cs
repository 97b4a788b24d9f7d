using System.Buffers.Binary;
using System.Text;
using WireDns.Tests.Allocation;

namespace WireDns.Tests.Correlation;

/// <summary>Builds a small pcap file of lookups over UDP and IPv4. Clients are 192.0.2.N; the server is 192.0.2.53.</summary>
internal sealed class LookupCapture
{
    private const byte Server = 53;

    private readonly FrameWriter _frames = new(16 * 1024 * 1024);
    private ushort _id;

    /// <summary>The time of the next packet, in microseconds since the Unix epoch.</summary>
    public long Microseconds { get; private set; } = 1_772_356_502_000_000;

    /// <summary>Lets time pass.</summary>
    public LookupCapture Wait(double seconds)
    {
        Microseconds += (long)(seconds * 1_000_000);
        return this;
    }

    /// <summary>A query. Each has a DNS id of its own.</summary>
    public LookupCapture Query(byte client, string name, ushort type = 1)
    {
        _id++;
        return Repeat(client, name, type);
    }

    /// <summary>The last query once more: a retransmission.</summary>
    public LookupCapture Repeat(byte client, string name, ushort type = 1)
    {
        _frames.Record(Microseconds).Ethernet(0x0800).Ipv4(17, client, Server).Udp(40_000, 53).Bytes(Message(name, type, 0x0100, [])).Finish();
        return this;
    }

    /// <summary>The response to the last query, with records of its type.</summary>
    public LookupCapture Answer(byte client, string name, ushort type, params byte[][] data)
    {
        _frames.Record(Microseconds).Ethernet(0x0800).Ipv4(17, Server, client).Udp(53, 40_000).Bytes(Message(name, type, 0x8180, data)).Finish();
        return this;
    }

    /// <summary>A lookup of addresses: the query, and its response.</summary>
    public LookupCapture Lookup(byte client, string name, params string[] addresses) => Query(client, name)
        .Answer(client, name, 1, [.. addresses.Select(address => System.Net.IPAddress.Parse(address).GetAddressBytes())]);

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 65_535);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 1);
        return [.. header, .. _frames.Records];
    }

    private byte[] Message(string name, ushort type, ushort flags, byte[][] answers)
    {
        var message = new List<byte>();
        Number(_id);
        Number(flags);
        Number(1);
        Number((ushort)answers.Length);
        Number(0);
        Number(0);
        foreach (var label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.Add(0);
        Number(type);
        Number(1);
        foreach (var data in answers)
        {
            Number(0xc00c);
            Number(type);
            Number(1);
            Number(0);
            Number(60);
            Number((ushort)data.Length);
            message.AddRange(data);
        }

        return [.. message];

        void Number(ushort value) => message.AddRange([(byte)(value >> 8), (byte)value]);
    }
}
