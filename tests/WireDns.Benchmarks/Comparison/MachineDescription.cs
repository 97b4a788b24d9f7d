using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WireDns.Benchmarks.Comparison;

/// <summary>Where and when a measurement was made; without that, its figures say little.</summary>
/// <param name="Commit">The checkout's commit.</param>
/// <param name="System">Operating system and runtime.</param>
/// <param name="Processor">Its name.</param>
/// <param name="Cores">How many there are.</param>
/// <param name="Core">The one that each program is kept on; null for all.</param>
/// <param name="Time">When it began.</param>
/// <param name="Load">Processes that wanted a core in the minute before: more than a few tenths spoil the figures.</param>
internal sealed record MachineDescription(string Commit, string System, string Processor, int Cores, int? Core, DateTimeOffset Time, double Load)
{
    /// <summary>A load average below this disturbs nothing that is measured.</summary>
    public const double QuietLoad = 0.5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Waits until nobody else uses the machine, but no longer than the caller has patience.</summary>
    public static void WaitUntilQuiet(TimeSpan patience, TimeProvider time, TextWriter progress)
    {
        var start = time.GetTimestamp();
        while (LoadNow() >= QuietLoad && time.GetElapsedTime(start) < patience)
        {
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"waiting until the machine is quiet: load average {LoadNow():0.00}"));
            Thread.Sleep(Pause);
        }
    }

    /// <summary>This machine, and the checkout that the current folder is in.</summary>
    public static MachineDescription Here(int? core, TimeProvider time) => new(
        ShellProgram.FirstLine("git rev-parse --short=12 HEAD 2>/dev/null") is { Length: > 0 } commit
            ? commit + (ShellProgram.FirstLine("git status --porcelain --untracked-files=no 2>/dev/null").Length > 0 ? " and changes" : "")
            : "unknown",
        $"{ShellProgram.FirstLine("sed -n 's/^PRETTY_NAME=\"\\(.*\\)\"/\\1/p' /etc/os-release")}, Linux {ShellProgram.FirstLine("uname -r")}, {RuntimeInformation.FrameworkDescription}",
        ShellProgram.FirstLine("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo"),
        Environment.ProcessorCount,
        core,
        time.GetUtcNow(),
        LoadNow());

    /// <summary>One sentence.</summary>
    public string ToMarkdown() => string.Create(
        CultureInfo.InvariantCulture,
        $"Commit {Commit}, {Time:yyyy-MM-dd}; {System}; {Cores} cores of {Processor}{(Core is { } number ? $", each program on core {number} alone" : "")}; load average {Load:0.0} at the start.{(Load < QuietLoad ? "" : " **The machine was not quiet**: others used its cores, so seconds are too long, and ratios are less certain.")}");

    private static double LoadNow() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The same as properties of an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("commit", Commit);
        json.WriteString("time", Time);
        json.WriteString("system", System);
        json.WriteString("processor", Processor);
        json.WriteNumber("cores", Cores);
        json.WriteNumber("load_average", Load);
        if (Core is { } number)
        {
            json.WriteNumber("core", number);
        }
    }
}
