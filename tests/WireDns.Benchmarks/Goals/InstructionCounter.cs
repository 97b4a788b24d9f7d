using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Benchmarks.Comparison;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Goals;

/// <summary>Instructions per packet by valgrind, which the load of the machine does not move.</summary>
internal sealed partial class InstructionCounter(string folder, TextWriter progress)
{
    private const int Packets = 40_000;

    /// <summary>The difference between twice as many packets of <c>dns</c> and these, so that starting and loading cancel out.</summary>
    public double ForEachPacket(Peer product, string rules) => (Count(product, rules, 2 * Packets) - Count(product, rules, Packets)) / (double)Packets;

    private long Count(Peer product, string rules, int packets)
    {
        var capture = Path.Combine(folder, $"instructions-{packets}.pcap");
        if (!File.Exists(capture))
        {
            CaptureGeneration.ToFile(new DnsCapture(), new CaptureRequest(new CaptureBudget(packets, IsInPackets: true), PlantedCount: 0, Seed: 1), capture);
        }

        var (_, output) = ShellProgram.Run(
            "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", product.Command, "read", capture, "-r", rules, "-q", "--jobs", "1");
        progress.WriteLine($"{product.Name}, {rules}, {packets} packets, valgrind");
        return Collected().Match(output) is { Success: true } match
            ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"valgrind said: {output}");
    }

    [GeneratedRegex(@"Collected : ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Collected();
}
