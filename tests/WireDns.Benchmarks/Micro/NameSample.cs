using System.Globalization;
using System.Text;
using WireDns.Benchmarks.Scale;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Micro;

/// <summary>Names to match, by how they are distributed.</summary>
internal static class NameSample
{
    /// <summary>The distributions: as in traffic, no name twice, and every name a hit.</summary>
    public static IReadOnlyList<string> Distributions { get; } = ["zipf", "distinct", "hits"];

    /// <summary>Makes names.</summary>
    public static byte[][] Make(string distribution, int count) => distribution switch
    {
        "zipf" => Zipf(count * 2)[..count],
        "distinct" => [.. Zipf(count * 2).Take(count).Select((name, number) =>
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"n{number:x}.{Encoding.UTF8.GetString(name)}")))],
        _ => [.. Enumerable.Range(0, count).Select(number =>
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"w{number:x}.{WatchedDomains.All[number % WatchedDomains.All.Length]}")))],
    };

    /// <summary>The rule that a list of values is matched with.</summary>
    public static string Rule(string form) => ScaleCase.RuleText(form);

    private static byte[][] Zipf(int packets) => SampleTraffic.Names(SampleTraffic.Messages(SampleTraffic.Capture(new DnsCapture(), packets)));
}
