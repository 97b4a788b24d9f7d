namespace WireDns.Parquet.Format;

/// <summary>
/// Writes numbers as differences, in blocks of 128 with four parts that have a width of their own: DELTA_BINARY_PACKED, Encodings.md of the Parquet format.
/// </summary>
internal static class DeltaPacking
{
    private const int Block = 128;
    private const int Parts = 4;
    private const int Part = Block / Parts;

    /// <summary>Writes numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="isInt32">Whether they are of 32 bits: then differences are, and wrap around as those of 64 bits do.</param>
    /// <param name="output">Takes them.</param>
    public static void Write(ValueList<long> numbers, bool isInt32, OctetBuffer output)
    {
        output.AddVariable(Block);
        output.AddVariable(Parts);
        output.AddVariable((ulong)numbers.Count);
        output.AddSigned(numbers.Count == 0 ? 0 : numbers[0]);
        Span<long> differences = stackalloc long[Block];
        Span<ulong> rests = stackalloc ulong[Block];
        for (var start = 1; start < numbers.Count; start += Block)
        {
            var count = Math.Min(Block, numbers.Count - start);
            var least = long.MaxValue;
            for (var index = 0; index < count; index++)
            {
                var difference = unchecked(numbers[start + index] - numbers[start + index - 1]);
                differences[index] = isInt32 ? (int)difference : difference;
                least = Math.Min(least, differences[index]);
            }

            output.AddSigned(least);
            for (var index = 0; index < count; index++)
            {
                var rest = unchecked(differences[index] - least);
                rests[index] = isInt32 ? (uint)rest : (ulong)rest;
            }

            // The last part that has a number is filled up; those after it have a width and nothing else.
            rests[count..].Clear();
            WriteParts(rests, count, output);
        }
    }

    private static void WriteParts(ReadOnlySpan<ulong> rests, int count, OctetBuffer output)
    {
        Span<int> widths = stackalloc int[Parts];
        for (var part = 0; part < Parts; part++)
        {
            var all = 0UL;
            foreach (var rest in rests.Slice(part * Part, Part))
            {
                all |= rest;
            }

            widths[part] = BitPacking.WidthOf(all);
            output.Add((byte)widths[part]);
        }

        for (var part = 0; part * Part < count; part++)
        {
            BitPacking.Pack(rests.Slice(part * Part, Part), widths[part], output);
        }
    }
}
