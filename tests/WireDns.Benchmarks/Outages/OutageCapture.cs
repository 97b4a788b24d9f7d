using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.TestTraffic;

namespace WireDns.Benchmarks.Outages;

/// <summary>A capture of which each packet raises an alert that says the packet's number twice, and the rule that does it.</summary>
/// <param name="Capture">The capture's file.</param>
/// <param name="Rule">The rule's file.</param>
/// <param name="Empty">A capture without packets.</param>
/// <param name="Alerts">How many alerts.</param>
internal sealed partial record OutageCapture(string Capture, string Rule, string Empty, int Alerts)
{
    private const int MicrosecondsBetween = 10;

    /// <summary>Writes both into a folder.</summary>
    public static OutageCapture Write(string folder, int alerts)
    {
        var file = new OutageCapture(Path.Combine(folder, "outage.pcap"), Path.Combine(folder, "outage.yml"), Path.Combine(folder, "empty.pcap"), alerts);
        var packets = new PcapBuilder(linkType: 101); // LINKTYPE_RAW
        for (var number = 1; number <= alerts; number++)
        {
            var time = (long)number * MicrosecondsBetween;
            var query = DnsBytes.Query(string.Create(CultureInfo.InvariantCulture, $"n{number:d7}.outage.example"), (ushort)number);
            packets.Record((uint)(1_750_000_000 + (time / 1_000_000)), (uint)(time % 1_000_000), Layers.Ipv4(Layers.Udp(query), 17, "192.0.2.10", "192.0.2.53"));
        }

        File.WriteAllBytes(file.Capture, packets.ToArray());
        File.WriteAllBytes(file.Empty, new PcapBuilder(linkType: 101).ToArray());
        File.WriteAllText(file.Rule, """
            title: Outage
            id: 6c1d2f0a-93a5-4a52-8f0e-5f3f0f3c6a11
            status: test
            logsource:
                category: dns
            detection:
                selection:
                    query|endswith: .outage.example
                condition: selection
            level: high
            """);
        return file;
    }

    /// <summary>The number in a whole line; null if the line is torn.</summary>
    public static int? NumberIn(string line)
    {
        if (Name().Match(line) is not { Success: true } match)
        {
            return null;
        }

        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        try
        {
            if (!line.StartsWith('{'))
            {
                return line.EndsWith(string.Create(CultureInfo.InvariantCulture, $"#{number}"), StringComparison.Ordinal) ? number : null;
            }

            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("wiredns").GetProperty("packet_number").GetInt32() == number ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"n(?<number>[0-9]{7})\.outage\.example")]
    private static partial Regex Name();
}

/// <summary>What has arrived in a receiver's file.</summary>
/// <param name="file">The file, a message a line; it need not exist yet.</param>
internal sealed class ArrivedAlerts(string file)
{
    private readonly HashSet<int> _different = [];
    private long _read;

    /// <summary>Different alerts.</summary>
    public int Different => _different.Count;

    /// <summary>The last of those that have arrived, in the order in which they were raised.</summary>
    public int Highest { get; private set; }

    /// <summary>Further arrivals of the same.</summary>
    public int Repeated { get; private set; }

    /// <summary>Lines that are no whole message.</summary>
    public int Torn { get; private set; }

    /// <summary>Whether each arrived after those that were raised before it.</summary>
    public bool AreInOrder { get; private set; } = true;

    /// <summary>Reads the lines that are new.</summary>
    public ArrivedAlerts Look()
    {
        if (!File.Exists(file))
        {
            return this;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(_read, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var end = text.LastIndexOf('\n') + 1;
        _read += System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, end));
        foreach (var line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Take(OutageCapture.NumberIn(line));
        }

        return this;
    }

    private void Take(int? number)
    {
        if (number is not { } whole)
        {
            Torn++;
        }
        else if (!_different.Add(whole))
        {
            Repeated++;
        }
        else
        {
            AreInOrder &= whole > Highest;
            Highest = Math.Max(Highest, whole);
        }
    }
}
