using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.TestTraffic;

namespace WireDns.Benchmarks.Live;

/// <summary>What is sent into one interface: lookups that no rule matches, planted ones, and floods. One thread sends at a time.</summary>
/// <param name="interfaceName">The end of the cable that is sent from.</param>
/// <param name="client">The client whose lookups are not part of a flood.</param>
internal sealed unsafe class LookupTraffic(string interfaceName, string client) : IDisposable
{
    private const string FloodLabel = "xxxxxxxx";
    private const int SourceOffset = 14 + 12;
    private const int PortOffset = 14 + 20;
    private const int IdOffset = 14 + 20 + 8;
    private const int LabelOffset = IdOffset + 12 + 1;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(256 * PacketSocket.BatchLength, pinned: true);
    private readonly FramePlace[] _places = new FramePlace[PacketSocket.BatchLength];
    private readonly byte[] _flood = Query(FloodLabel + ".flood.example", 1, "192.0.2.77");
    private readonly Lock _gate = new();
    private PacketSocket? _socket;
    private uint _number;

    /// <summary>The name of a lookup that the 3CX rule finds.</summary>
    public static string PlantedName(int number) => string.Create(CultureInfo.InvariantCulture, $"p{number}.msstorageazure.com");

    /// <summary>Frames that the kernel took.</summary>
    public long Sent { get; private set; }

    /// <summary>Sends a query and its response.</summary>
    /// <returns>False if the interface takes nothing now.</returns>
    public bool TryLookUp(string name, int id)
    {
        var query = Query(name, (ushort)id, client);
        var response = Layers.Ethernet(
            Layers.Ipv4(Layers.Udp(DnsBytes.Response(name, (ushort)id), 53, 40_000), source: "192.0.2.53", destination: client));
        lock (_gate)
        {
            query.CopyTo(_buffer, 0);
            response.CopyTo(_buffer, query.Length);
            _places[0] = new FramePlace(0, query.Length);
            _places[1] = new FramePlace(query.Length, response.Length);
            return TrySend(2);
        }
    }

    /// <summary>Queries at a given rate for a given time, each for a different name.</summary>
    /// <param name="areClientsSpoofed">Whether each comes from a different client.</param>
    /// <param name="rate">Frames a second.</param>
    /// <param name="duration">How long.</param>
    /// <param name="stop">Ends it early.</param>
    public void Flood(bool areClientsSpoofed, int rate, TimeSpan duration, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        for (long sent = 0; Stopwatch.GetElapsedTime(start) is var passed && passed < duration;)
        {
            var due = Math.Min(PacketSocket.BatchLength, (long)(rate * passed.TotalSeconds) - sent);
            if (due <= 0)
            {
                stop.WaitHandle.WaitOne(1);
                continue;
            }

            lock (_gate)
            {
                for (var place = 0; place < due; place++)
                {
                    WriteFlood(place, areClientsSpoofed);
                }

                if (!TrySend((int)due))
                {
                    return;
                }
            }

            sent += due;
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static byte[] Query(string name, ushort id, string client) =>
        Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query(name, id)), source: client, destination: "192.0.2.53"));

    private void WriteFlood(int place, bool isClientSpoofed)
    {
        var number = unchecked(++_number * 2_654_435_761); // Knuth's multiplicative hash: all of 2^32 in no order
        var frame = _buffer.AsSpan(place * _flood.Length, _flood.Length);
        _flood.CopyTo(frame);
        Encoding.ASCII.GetBytes(number.ToString("x8", CultureInfo.InvariantCulture), frame[LabelOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[IdOffset..], (ushort)number);
        BinaryPrimitives.WriteUInt16BigEndian(frame[PortOffset..], (ushort)((number >> 16) | 1024));
        if (isClientSpoofed)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[SourceOffset..], 0x0A00_0000 | (number & 0x00FF_FFFF)); // 10.0.0.0/8
        }

        _places[place] = new FramePlace(place * _flood.Length, _flood.Length);
    }

    // An interface that was deleted and made again needs a new socket.
    private bool TrySend(int count)
    {
        try
        {
            _socket ??= new PacketSocket(interfaceName);
            fixed (byte* buffer = _buffer)
            {
                for (var (done, tries) = (0, 0); done < count; tries++)
                {
                    var taken = _socket.Send(buffer, _places.AsSpan(done, count - done));
                    if (taken == 0 && tries > 100)
                    {
                        return false; // no link
                    }

                    done += taken;
                    Sent += taken;
                }
            }

            return true;
        }
        catch (IOException)
        {
            _socket?.Dispose();
            _socket = null;
            return false;
        }
    }
}
