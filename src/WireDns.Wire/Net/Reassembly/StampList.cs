using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// A view over memory for stamps: the packets that brought the bytes of a block, in the order of the places where their bytes start.
/// </summary>
internal readonly ref struct StampList
{
    private readonly Span<Run> _runs;
    private readonly ref int _count;

    public StampList(Span<Run> runs, ref int count)
    {
        _runs = runs;
        _count = ref count;
    }

    /// <summary>Bytes that a stamp takes.</summary>
    public static int StampLength => Unsafe.SizeOf<Run>();

    public bool IsFull => _count == _runs.Length;

    /// <summary>The stamps that it has.</summary>
    public ReadOnlySpan<Run> Runs => _runs[.._count];

    /// <summary>Notes that bytes from a place on came in a packet. In a full list neighbours are joined, each pair under the stamp of its later place.</summary>
    public void Add(int place, in PacketStamp packet)
    {
        if (IsFull)
        {
            JoinNeighbours();
        }

        var index = IndexAfter(place);
        _runs[index.._count].CopyTo(_runs[(index + 1)..]);
        _runs[index] = new Run { Number = packet.Number, Time = packet.Time, InterfaceIndex = packet.InterfaceIndex, From = place };
        _count++;
    }

    /// <summary>The packet that brought the byte at a place, which has a stamp.</summary>
    public PacketStamp At(int place)
    {
        ref readonly var run = ref _runs[Math.Max(0, IndexAfter(place) - 1)];
        return new PacketStamp(run.Number, run.Time, run.InterfaceIndex);
    }

    // Mostly the last, because packets mostly come in order.
    private int IndexAfter(int place)
    {
        var index = _count;
        while (index > 0 && _runs[index - 1].From > place)
        {
            index--;
        }

        return index;
    }

    private void JoinNeighbours()
    {
        var joined = _count / 2;
        for (var pair = 0; pair < joined; pair++)
        {
            var from = _runs[2 * pair].From;
            _runs[pair] = _runs[(2 * pair) + 1];
            _runs[pair].From = from;
        }

        if (_count % 2 != 0)
        {
            _runs[joined] = _runs[_count - 1];
            joined++;
        }

        _count = joined;
    }

    /// <summary>Bytes of one packet, from a place on.</summary>
    internal struct Run
    {
        public long Number;
        public PacketTime Time;
        public int InterfaceIndex;
        public int From;
    }
}
