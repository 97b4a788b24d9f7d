using System.Globalization;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A bound on the memory of the programs that are started in it: a control group of Linux, of either version.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private static int _count;

    private readonly string _folder;
    private readonly string _peakFile;

    private MemoryGroup(string folder, string peakFile) => (_folder, _peakFile) = (folder, peakFile);

    /// <summary>The most memory that was in use, in mebibytes.</summary>
    public long PeakInMebibytes => long.Parse(File.ReadAllText(Path.Combine(_folder, _peakFile)), CultureInfo.InvariantCulture) >> 20;

    /// <summary>Makes one. Skips the test if that cannot be done.</summary>
    public static MemoryGroup Create(int mebibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux, to bound memory by a control group");
        var isFirstVersion = Directory.Exists($"{Root}/memory");
        var name = string.Create(CultureInfo.InvariantCulture, $"wiredns-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var folder = Path.Combine(isFirstVersion ? $"{Root}/memory" : Root, name);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(
                Path.Combine(folder, isFirstVersion ? "memory.limit_in_bytes" : "memory.max"), string.Create(CultureInfo.InvariantCulture, $"{mebibytes}M"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"needs a control group with a bound on memory: {exception.Message}");
        }

        return new MemoryGroup(folder, isFirstVersion ? "memory.max_usage_in_bytes" : "memory.peak");
    }

    /// <summary>A command line that runs a program in it.</summary>
    public IEnumerable<string> CommandLine(string program, params IEnumerable<string> arguments) =>
        ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$0\" \"$@\"", program, .. arguments];

    public void Dispose()
    {
        // Its programs have ended; the system may take a moment to notice.
        SpinWait.SpinUntil(() => RunningProgram.Run("rmdir", _folder) == 0, TimeSpan.FromSeconds(5));
    }
}
