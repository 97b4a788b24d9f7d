using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using WireDns.Capture.Files;
using WireDns.Reading;
using WireDns.Reporting;
using WireDns.Settings;
using WireDns.Sharding;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns shard</c>: divides the captures of an archive into shards of about the same size, which runs of <c>read --manifest</c> take.</summary>
internal static class ShardCommand
{
    private const string OutputName = "--output";

    public static Command Create()
    {
        var paths = PathArgument.Create("FILE", "Capture files, and folders of them, as read takes them.");
        var count = new Option<int>("--count", "-n")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"How many shards to make: 1 to {ShardManifest.MaximumShards:N0}."),
            HelpName = "N",
            Required = true,
        };
        var output = new Option<string?>(OutputName, "-o")
        {
            Description = "The manifest to write, in place of one that is there. Default: standard output.",
            HelpName = "MANIFEST",
        };
        SettingFlags.RequireNumber(count, 1, ShardManifest.MaximumShards);
        var command = new Command("shard", "Divide an archive of captures into parts of the same size, for 'read --manifest' on several processors or machines.")
        {
            paths, count, output,
        };
        var flags = new SettingFlags(command);
        flags.Add(ReadingSettings.Each);
        flags.Add(OutputSettings.Verbose("List every file that is skipped."));
        command.SetAction(arguments => Run(arguments.GetValue(paths) ?? [], arguments.GetValue(count), arguments.GetValue(output), flags.Read(arguments)));
        return command;
    }

    private static int Run(string[] paths, int count, string? target, SensorSettings settings)
    {
        var found = InputFiles.Expand(paths, settings);
        if (target is not null)
        {
            ReportFile.Check(target, OutputName, found.Paths);
        }

        var files = new List<(string Path, long Octets)>();
        var failed = found.Failed;
        foreach (var path in found.Paths)
        {
            if (ReasonAgainst(path) is { } reason)
            {
                failed++;
                StandardError.Write($"wiredns: {(path == FileRun.StandardInput ? "standard input" : path)}: {reason}");
            }
            else
            {
                files.Add((path, new FileInfo(path).Length));
            }
        }

        if (files.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Failed, "there is no capture to divide");
        }

        var manifest = ShardManifest.Divide(files, count);
        if (target is null)
        {
            StandardOutput.JsonLines(manifest.Lines, (json, line) => line(json));
        }
        else
        {
            ReportFile.Write(target, stream => Write(stream, manifest));
        }

        StandardError.Write(Describe(manifest));
        return failed == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static string? ReasonAgainst(string path) => path == FileRun.StandardInput ? "a manifest lists files"
        : NativePath.HasEscapes(path) ? "its name is not UTF-8, which a manifest in JSON cannot hold; rename it"
        : !File.Exists(path) ? "a manifest lists files: give the archive, and all captures in it are read"
        : null;

    private static void Write(Stream stream, ShardManifest manifest)
    {
        using var json = new Utf8JsonWriter(stream);
        foreach (var line in manifest.Lines)
        {
            line(json);
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    private static string Describe(ShardManifest manifest)
    {
        var sizes = manifest.Captures.GroupBy(capture => capture.Shard).Select(shard => shard.Sum(capture => capture.Octets)).ToList();
        var empty = manifest.Shards - sizes.Count;
        return string.Create(CultureInfo.InvariantCulture, $"wiredns: {manifest.Captures.Count:N0} captures in {manifest.Shards:N0} shards of {sizes.Min() / 1e6:N1} to {sizes.Max() / 1e6:N1} MB")
            + (empty > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {empty:N0} shards are empty") : "");
    }
}
