namespace WireDns.Benchmarks.Comparison;

/// <summary>
/// Measures whole processes with hyperfine, one run at a time, so that the caller can let programs take turns. Uses GNU time for the
/// peak memory.
/// </summary>
/// <param name="folder">Where reports and outputs go.</param>
/// <param name="core">The processor core that every command is kept on; null for all.</param>
internal sealed class Hyperfine(string folder, int? core)
{
    /// <summary>Programs that measuring needs.</summary>
    public static IReadOnlyList<string> Needs { get; } = ["hyperfine", "time", "taskset"];

    /// <summary>Runs a command once. What it prints goes to <paramref name="outputPath"/>, or nowhere.</summary>
    /// <param name="command">A command of bash.</param>
    /// <param name="outputPath">The file for the command's output; null to discard it.</param>
    /// <param name="isPinned">Whether it is kept on the one core.</param>
    public TimedRun Run(string command, string? outputPath, bool isPinned = true)
    {
        // Two measurements at once spoil each other's figures, but must not mix them up.
        var report = Path.Combine(folder, $"hyperfine-{Environment.ProcessId}.json");
        var peak = Path.Combine(folder, $"peak-{Environment.ProcessId}.txt");
        var pinned = core is { } number && isPinned ? $"taskset -c {number} " : "";
        // A command with operators of the shell gets a shell, which costs two milliseconds; hyperfine would subtract its own shell by estimate.
        var whole = $"{pinned}time -q -f %M -o {ShellProgram.Quote(peak)} {(NeedsShell(command) ? $"bash -c {ShellProgram.Quote(command)}" : command)}";
        var (status, output) = ShellProgram.Run(
            "hyperfine",
            "--shell=none", "--ignore-failure", "--runs", "1", "--style", "basic", "--output", outputPath ?? "null", "--export-json", report, whole);
        if (status != 0)
        {
            throw new IOException($"hyperfine failed on {command}: {output.Trim()}");
        }

        var run = HyperfineReport.Read(File.ReadAllText(report), File.ReadAllText(peak));
        File.Delete(report);
        File.Delete(peak);
        return run;
    }

    private static bool NeedsShell(string command)
    {
        // Quoted words are arguments, whatever they hold.
        var isQuoted = false;
        foreach (var letter in command)
        {
            isQuoted ^= letter == '\'';
            if (!isQuoted && "|&;<>$".Contains(letter, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
