using System.Buffers;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Detection;
using WireDns.Detection.Logging;
using WireDns.Parquet.Reading;
using WireDns.Reading;

namespace WireDns.Tests.Logging;

/// <summary>The lookups of captures, as the log of a run gets them.</summary>
internal static class LoggedLookups
{
    /// <summary>Reads captures, each by itself.</summary>
    public static List<DnsLookup> Of(params string[] captures)
    {
        var lookups = new List<DnsLookup>();
        var run = new FileRun(new Worker(new LookupLog(
            lookup =>
            {
                lookups.Add(lookup);
                return true;
            },
            new LookupLogOptions { HasRemainder = true })));
        run.Read(captures, areMerged: false, CancellationToken.None);
        return lookups;
    }

    /// <summary>What a format makes of a lookup.</summary>
    public static byte[] Written(IMessageFormat format, DnsLookup lookup)
    {
        var octets = new ArrayBufferWriter<byte>();
        Assert.True(format.Write(lookup, octets));
        return octets.WrittenSpan.ToArray();
    }

    /// <summary>The names of all rows of a log, in no order.</summary>
    public static List<string> NamesIn(string log)
    {
        var names = new List<string>();
        foreach (var path in FilesOf(log))
        {
            using var reader = LogFileReader.Open(path);
            for (var group = 0; group < reader.Groups.Count; group++)
            {
                names.AddRange(reader.Read(group).Name.Select(name => name.ToString()));
            }
        }

        return names;
    }

    /// <summary>The files of a log that are whole.</summary>
    public static string[] FilesOf(string log) => !Directory.Exists(log) ? []
        : [.. Directory.GetFiles(log, "*.parquet", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
}
