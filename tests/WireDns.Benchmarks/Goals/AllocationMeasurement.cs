using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire.Net;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 8: what is allocated for a packet once tables and buffers have grown. Runs the pipeline in this process; no packet hits a rule.</summary>
internal static class AllocationMeasurement
{
    private const string Rules = """
        title: On the query
        logsource: {category: dns}
        detection:
          selection:
            query|contains: [never-asked-for.example, another-never.example]
            query|endswith: .never.example
          condition: selection
        ---
        title: On the response
        logsource: {category: dns}
        detection:
          selection:
            answer|contains: [192.0.2.253, never.example]
            dns.question.name|startswith: never-
          condition: selection
        """;

    /// <summary>Bytes per packet on the second pass through a capture.</summary>
    public static double BytesForEachPacket(string folder, string capture)
    {
        var path = Path.Combine(folder, "no-hit.yml");
        File.WriteAllText(path, Rules);
        var rules = LoadedRules.Load([path]);
        if (rules.Compiled.Count != 2)
        {
            throw new InvalidDataException($"{path}: the rules did not load");
        }

        var (bytes, packets) = OnSecondPass(new Worker(rules, _ => true), capture);
        return (double)bytes / packets;
    }

    /// <summary>Bytes that a second pass of a worker through a capture allocates, and its packets.</summary>
    public static (long Bytes, long Packets) OnSecondPass(Worker worker, string capture)
    {
        var batch = new PacketBatch();
        Measure(worker, capture, batch);
        return Measure(worker, capture, batch);
    }

    // Opening a file allocates, and reads nothing yet.
    private static (long Bytes, long Packets) Measure(Worker worker, string capture, PacketBatch batch)
    {
        using var reader = CaptureFileReader.Open(capture);
        var source = PacketSource.OfFile(capture);
        var packets = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.TryReadBatch(batch))
        {
            foreach (var packet in batch)
            {
                worker.Process(packet, source);
                packets++;
            }

            worker.Pause();
        }

        worker.FinishSource(source);
        return (GC.GetAllocatedBytesForCurrentThread() - before, packets);
    }
}
