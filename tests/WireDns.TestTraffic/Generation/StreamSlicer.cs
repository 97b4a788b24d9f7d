namespace WireDns.TestTraffic.Generation;

/// <summary>Cuts a run of a TCP stream into segments, in the order in which they arrive.</summary>
internal sealed class StreamSlicer(Xoshiro256 random)
{
    // Fits Ethernet's 1500 octets after an IPv6 and a TCP header.
    private const int LongestSegment = 1400;

    /// <summary>
    /// The ranges of a run of <paramref name="length"/> octets, at least one, which the segments hold.
    /// </summary>
    public List<Range> Slice(int length, SegmentationStyle style)
    {
        if (style is SegmentationStyle.Whole or SegmentationStyle.Pipelined)
        {
            return Join(Cuts(length, wanted: 0));
        }

        // One in eight is sent octet by octet, up to what a queue of segments may reasonably hold.
        var byOctets = random.Below(8) == 0 && length <= 200 && style != SegmentationStyle.OutOfOrder;
        var slices = Join(Cuts(length, wanted: byOctets ? length - 1 : random.Between(2, 6)));
        switch (style)
        {
            case SegmentationStyle.OutOfOrder:
                Shuffle(slices);
                break;
            case SegmentationStyle.Overlapping:
                Overlap(slices);
                break;
        }

        return slices;
    }

    /// <summary>
    /// Ascending cut points inside a run: the wanted number, and more if a segment would get too long.
    /// </summary>
    private SortedSet<int> Cuts(int length, int wanted)
    {
        var cuts = new SortedSet<int>();
        for (var cut = LongestSegment; cut < length; cut += LongestSegment)
        {
            cuts.Add(cut);
        }

        if (wanted > 0 && random.Below(3) == 0)
        {
            // Between the two octets of the first message's length.
            cuts.Add(1);
        }

        var target = Math.Min(cuts.Count + wanted, length - 1);
        while (cuts.Count < target)
        {
            cuts.Add(random.Between(1, length - 1));
        }

        cuts.Add(length);
        return cuts;
    }

    private static List<Range> Join(SortedSet<int> cuts)
    {
        var slices = new List<Range>(cuts.Count);
        var start = 0;
        foreach (var end in cuts)
        {
            slices.Add(start..end);
            start = end;
        }

        return slices;
    }

    private void Shuffle(List<Range> slices)
    {
        for (var index = slices.Count - 1; index > 0; index--)
        {
            Swap(slices, index, random.Below(index + 1));
        }

        // Chance may leave the order unchanged: then the first one comes last.
        if (slices.Zip(slices.Skip(1)).All(pair => pair.First.Start.Value < pair.Second.Start.Value))
        {
            Swap(slices, 0, slices.Count - 1);
        }
    }

    private void Overlap(List<Range> slices)
    {
        for (var index = 1; index < slices.Count; index++)
        {
            var (start, end) = (slices[index].Start.Value, slices[index].End.Value);
            var earlier = Math.Max(start - random.Between(1, 40), 0);
            slices[index] = Math.Max(earlier, end - LongestSegment)..end;
        }

        slices.Insert(random.Between(1, slices.Count), slices[0]);
    }

    private static void Swap(List<Range> slices, int first, int second) =>
        (slices[first], slices[second]) = (slices[second], slices[first]);
}
