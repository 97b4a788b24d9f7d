using System.Buffers.Binary;
using System.Numerics;

namespace WireDns.Parquet.Format;

/// <summary>Writes numbers by as many bits as they need: Encodings.md of the Parquet format.</summary>
internal static class BitPacking
{
    private const int Group = 8;

    /// <summary>Bits that numbers up to <paramref name="most"/> need.</summary>
    public static int WidthOf(ulong most) => 64 - BitOperations.LeadingZeroCount(most);

    /// <summary>Writes numbers, the least bits first. The last octet is filled up with zeros.</summary>
    public static void Pack(ReadOnlySpan<ulong> numbers, int width, OctetBuffer output)
    {
        var room = output.Room(((numbers.Length * width) / 8) + (2 * sizeof(ulong)));
        var (bits, held, used) = (0UL, 0, 0);
        foreach (var number in numbers)
        {
            bits |= number << held;
            held += width;
            if (held >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(room[used..], bits);
                used += sizeof(ulong);
                held -= 64;
                bits = held == 0 ? 0 : number >> (width - held);
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(room[used..], bits);
        output.Advance(used + ((held + 7) / 8));
    }

    /// <summary>
    /// Writes numbers as runs of one number, and groups of eight that are packed ("RLE / bit-packing hybrid", Encodings.md): indexes of a dictionary, and levels.
    /// </summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="width">Bits of each, at most 32; 0 where all are 0.</param>
    /// <param name="output">Takes them.</param>
    public static void PackRuns(ValueList<int> numbers, int width, OctetBuffer output)
    {
        if (numbers.IsUniform)
        {
            WriteRun(numbers.First, numbers.Count, width, output);
            return;
        }

        // A run has a header, and so has what is packed after it.
        var leastRun = Math.Max(Group, 24 / width);
        var items = numbers.Items;
        var (packed, next) = (0, 0);
        while (next < items.Length)
        {
            var end = next + 1;
            while (end < items.Length && items[end] == items[next])
            {
                end++;
            }

            // What is packed before a run are whole groups.
            var start = next + ((packed - next) & (Group - 1));
            if (end - start >= leastRun)
            {
                WritePacked(items[packed..start], width, output);
                WriteRun(items[next], end - start, width, output);
                packed = end;
            }

            next = end;
        }

        WritePacked(items[packed..], width, output);
    }

    private static void WriteRun(int number, int count, int width, OctetBuffer output)
    {
        output.AddVariable((ulong)count << 1);
        for (var bits = 0; bits < width; bits += 8)
        {
            output.Add((byte)(number >> bits));
        }
    }

    private static void WritePacked(ReadOnlySpan<int> numbers, int width, OctetBuffer output)
    {
        const int Most = 512;
        if (numbers.IsEmpty)
        {
            return;
        }

        var groups = (numbers.Length + Group - 1) / Group;
        output.AddVariable(((ulong)groups << 1) | 1);
        Span<ulong> part = stackalloc ulong[Most];
        for (var start = 0; start < numbers.Length; start += Most)
        {
            var count = Math.Min(Most, numbers.Length - start);
            for (var index = 0; index < count; index++)
            {
                part[index] = (uint)numbers[start + index];
            }

            var whole = (count + Group - 1) / Group * Group;
            part[count..whole].Clear();
            Pack(part[..whole], width, output);
        }
    }
}
