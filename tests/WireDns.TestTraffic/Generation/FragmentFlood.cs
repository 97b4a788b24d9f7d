using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Fragments that fill a reassembler and never complete a datagram: single ones of millions of datagrams, tiny ones
/// with gaps, overlapping ones with other octets, ones past the end of the largest datagram or of a forbidden
/// length.
/// </summary>
internal sealed class FragmentFlood
{
    // No head reaches this offset and no other fragment begins below TailStart: the octets between never arrive, so
    // that a datagram cannot complete, whatever chance combines.
    private const int HeadEnd = 1400;
    private const int TailStart = HeadEnd + 8;

    private const int RememberedDatagrams = 1024;
    private const int LargestOffset = 65_528;
    private const int LongestData = 1400;

    private readonly Xoshiro256 _random;
    private readonly Noise _noise;
    private readonly Datagram[] _datagrams = new Datagram[RememberedDatagrams];

    /// <summary>Starts with datagrams of which nothing has been sent.</summary>
    public FragmentFlood(Xoshiro256 random, Noise noise)
    {
        _random = random;
        _noise = noise;
        for (var index = 0; index < _datagrams.Length; index++)
        {
            _datagrams[index] = NextDatagram();
        }
    }

    /// <summary>Writes a fragment.</summary>
    public void WriteNext(PcapWriter writer)
    {
        ref var datagram = ref _datagrams[_random.Below(RememberedDatagrams)];
        switch (_random.Below(100))
        {
            case < 35:
                // A separate datagram, seen once: a reassembler's table grows by one entry per packet.
                datagram = NextDatagram();
                WriteHead(writer, datagram, length: 8 * _random.Between(1, 12));
                break;
            case < 45:
                datagram = NextDatagram();
                WriteTail(writer, datagram, AnyOffset(), AnyLength(), moreFragments: _random.Percent(50));
                break;
            case < 70:
                // Eight octets, then a gap of eight: the most pieces for the fewest octets.
                datagram.NextOffset += 16;
                if (datagram.NextOffset + 8 > LargestOffset)
                {
                    datagram.NextOffset = TailStart;
                }

                WriteTail(writer, datagram, datagram.NextOffset, 8, moreFragments: true);
                break;
            case < 80:
                // Over what was sent before, from a little below it, with other octets.
                WriteTail(writer, datagram, Math.Max(TailStart, datagram.NextOffset - (8 * _random.Between(0, 40))),
                    8 * _random.Between(1, 40), moreFragments: true);
                break;
            case < 88:
                // Another beginning of the same datagram, ports and all.
                WriteHead(writer, datagram, length: 8 * _random.Between(1, HeadEnd / 8));
                break;
            case < 92:
                // "Ping of death": ends after octet 65,535.
                WriteTail(writer, datagram, LargestOffset - (8 * _random.Below(8)), 8 * _random.Between(9, 100),
                    moreFragments: _random.Percent(50));
                break;
            case < 96:
                // RFC 791 §3.2: all but the last must have a multiple of 8.
                WriteTail(writer, datagram, AnyOffset(), (8 * _random.Between(1, 30)) + _random.Between(1, 7),
                    moreFragments: true);
                break;
            default:
                // One end after another, each shorter or longer than the one before.
                WriteTail(writer, datagram, AnyOffset(), _random.Between(1, 64), moreFragments: false);
                break;
        }
    }

    private void WriteHead(PcapWriter writer, in Datagram datagram, int length)
    {
        var frame = writer.Frame;
        var data = Data(frame, datagram, length);
        if (length >= 24)
        {
            // A query's header, and then no name: what follows is noise.
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)_random.Between(1024, 65535));
            BinaryPrimitives.WriteUInt16BigEndian(data[2..], 53);
            BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)_random.Between(1500, 65_000));
            ReadOnlySpan<byte> counts = [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
            counts.CopyTo(data[10..]);
        }

        Write(writer, frame, datagram, 0, length, moreFragments: true);
    }

    private void WriteTail(PcapWriter writer, in Datagram datagram, int offset, int length, bool moreFragments)
    {
        var frame = writer.Frame;
        _ = Data(frame, datagram, length);
        Write(writer, frame, datagram, offset, length, moreFragments);
    }

    private Span<byte> Data(Span<byte> frame, in Datagram datagram, int length)
    {
        var data = frame.Slice(
            FragmentHeader.DataOffset(datagram.Source.IsIpv6, datagram.HasDestinationOptions), length);
        _noise.CopyTo(data);
        return data;
    }

    private static void Write(
        PcapWriter writer, Span<byte> frame, in Datagram datagram, int offset, int length, bool moreFragments) =>
        writer.Commit(FragmentHeader.Write(
            frame,
            datagram.Source,
            datagram.Destination,
            datagram.Identification,
            offset,
            moreFragments,
            length,
            datagram.HasDestinationOptions));

    private int AnyOffset() => 8 * _random.Between(TailStart / 8, (LargestOffset - LongestData) / 8);

    private int AnyLength() => 8 * (_random.Percent(80) ? _random.Between(1, 8) : _random.Between(1, LongestData / 8));

    private Datagram NextDatagram()
    {
        var ipv6 = _random.Percent(40);
        return new Datagram
        {
            Source = Host.Outside(_random, ipv6),
            Destination = Host.Outside(_random, ipv6),
            Identification = _random.NextUInt32(),
            HasDestinationOptions = ipv6 && _random.Percent(20),
            NextOffset = TailStart,
        };
    }

    private struct Datagram
    {
        public Host Source;
        public Host Destination;
        public uint Identification;
        public bool HasDestinationOptions;
        public int NextOffset;
    }
}
