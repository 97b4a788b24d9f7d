using System.Buffers.Binary;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Checking;

/// <summary>
/// Reads a generated capture back, slowly and without bounds on memory: what it finds must be what the generator says
/// it planted. It shares no decoding with the product, and with the generator only the list of domains and the
/// counters.
/// </summary>
internal sealed class CaptureAudit
{
    private const ushort DnsPort = 53;

    private readonly AuditedFragments _fragments = new();
    private readonly Dictionary<string, AuditedStream> _streams = [];
    private readonly List<string> _faults = [];
    private ulong _lastTime;

    private CaptureAudit()
    {
    }

    /// <summary>The messages found.</summary>
    public CaptureManifest Found { get; } = new();

    /// <summary>The packets read.</summary>
    public long PacketCount { get; private set; }

    /// <summary>The octets read.</summary>
    public long ByteCount { get; private set; }

    /// <summary>
    /// What none of our captures may hold: wrong checksums, lengths, times or messages, the first hundred of them.
    /// </summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">It is not one of our pcap files, or it is cut.</exception>
    public static CaptureAudit Of(Stream file)
    {
        var audit = new CaptureAudit();
        audit.ReadFile(file);
        return audit;
    }

    /// <summary>What was found as one line of JSON, in the form of the generator's.</summary>
    public string ToJson() => Found.ToJson("audit", seed: null, PacketCount, ByteCount, _faults.Count);

    private void ReadFile(Stream file)
    {
        var header = new byte[24];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != 0xA1B2C3D4
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(20)) != 1)
        {
            throw new InvalidDataException("no pcap file of Ethernet frames with microseconds");
        }

        ByteCount = header.Length;
        var record = new byte[16];
        for (int read; (read = file.ReadAtLeast(record, record.Length, throwOnEndOfStream: false)) > 0;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(8));
            if (read < record.Length || length is < 60 or > 1514)
            {
                throw new InvalidDataException($"packet {PacketCount + 1}: no record of a frame of 60 to 1514 octets");
            }

            var frame = new byte[length];
            if (file.ReadAtLeast(frame, length, throwOnEndOfStream: false) < length)
            {
                throw new InvalidDataException($"packet {PacketCount + 1}: cut");
            }

            PacketCount++;
            ByteCount += record.Length + length;
            CheckTime(record);
            ReadFrame(frame);
        }
    }

    private void CheckTime(byte[] record)
    {
        var time = (BinaryPrimitives.ReadUInt32LittleEndian(record) * 1_000_000UL)
            + BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4));
        Expect(time >= _lastTime, "time goes backwards");
        _lastTime = time;
    }

    private void ReadFrame(byte[] frame)
    {
        var packet = frame.AsSpan(14);
        try
        {
            switch (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)))
            {
                case 0x0800:
                    ReadIpv4(packet);
                    break;
                case 0x86DD:
                    ReadIpv6(packet);
                    break;
                default:
                    Expect(false, "neither IPv4 nor IPv6");
                    break;
            }
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // Only another program's file has such lengths; here span bounds do what a decoder must do itself.
            Expect(false, "a length that does not fit its packet");
        }
    }

    private void ReadIpv4(ReadOnlySpan<byte> packet)
    {
        Expect(packet[0] == 0x45 && Sum(packet[..20], 0) == 0xFFFF, "IPv4 header");
        var data = packet[20..BinaryPrimitives.ReadUInt16BigEndian(packet[2..])];
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        var addresses = packet[12..20];
        if ((fragment & 0x3FFF) == 0)
        {
            ReadTransport(addresses, packet[9], data, packet[9] == 6 ? Delivery.Tcp : Delivery.Udp);
            return;
        }

        var key = Convert.ToHexString(addresses) + Convert.ToHexString(packet[4..6]);
        if (_fragments.Add(key, (fragment & 0x1FFF) * 8, (fragment & 0x2000) != 0, data) is { } whole)
        {
            ReadTransport(addresses, packet[9], whole, Delivery.FragmentedIpv4);
        }
    }

    private void ReadIpv6(ReadOnlySpan<byte> packet)
    {
        var data = packet.Slice(40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
        var next = packet[6];
        var addresses = packet[8..40];
        if (next == 60)
        {
            next = data[0];
            data = data[(8 * (data[1] + 1))..];
        }

        if (next != 44)
        {
            ReadTransport(addresses, next, data, next == 6 ? Delivery.Tcp : Delivery.Udp);
            return;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        var key = Convert.ToHexString(addresses) + Convert.ToHexString(data[4..8]);
        if (_fragments.Add(key, fragment & ~7, (fragment & 1) != 0, data[8..]) is { } whole)
        {
            ReadTransport(addresses, data[0], whole, Delivery.FragmentedIpv6);
        }
    }

    private void ReadTransport(ReadOnlySpan<byte> addresses, byte protocol, ReadOnlySpan<byte> data, Delivery delivery)
    {
        var pseudoHeader = Sum(addresses, (uint)(protocol + data.Length));
        Expect(Sum(data, pseudoHeader) == 0xFFFF, $"{delivery} checksum");
        var isDns = BinaryPrimitives.ReadUInt16BigEndian(data) == DnsPort
            || BinaryPrimitives.ReadUInt16BigEndian(data[2..]) == DnsPort;
        if (!isDns)
        {
            return;
        }

        if (protocol == 17)
        {
            Expect(BinaryPrimitives.ReadUInt16BigEndian(data[4..]) == data.Length, "UDP length");
            Count(data[8..], delivery);
            return;
        }

        var key = Convert.ToHexString(addresses) + Convert.ToHexString(data[..4]);
        if ((data[13] & 2) != 0)
        {
            _streams[key] = new AuditedStream(BinaryPrimitives.ReadUInt32BigEndian(data[4..]) + 1);
        }
        else if (_streams.TryGetValue(key, out var stream))
        {
            // Here a stream without its beginning is never sound.
            stream.Add(BinaryPrimitives.ReadUInt32BigEndian(data[4..]), data[(data[12] >> 4 << 2)..]);
            while (stream.TakeMessage() is { } message)
            {
                Count(message, delivery);
            }
        }
    }

    private void Count(ReadOnlySpan<byte> message, Delivery delivery)
    {
        var name = AuditedMessage.QuestionName(message);
        Expect(name is not null, $"{delivery} message");
        if (name is null)
        {
            return;
        }

        if ((message[2] & 0x80) != 0)
        {
            Found.CountResponse(delivery);
        }
        else
        {
            Found.CountQuery(delivery, planted: WatchedDomains.IsIn(name));
        }
    }

    private void Expect(bool isSo, string what)
    {
        if (!isSo && _faults.Count < 100)
        {
            _faults.Add($"packet {PacketCount}: {what}");
        }
    }

    /// <summary>RFC 1071 word by word, as its text has it: the generator's own sum is the one under test.</summary>
    private static uint Sum(ReadOnlySpan<byte> octets, uint sum)
    {
        for (var index = 0; index < octets.Length; index++)
        {
            sum += (index & 1) == 0 ? (uint)octets[index] << 8 : octets[index];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
