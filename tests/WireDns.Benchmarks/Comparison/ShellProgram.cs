using System.Diagnostics;

namespace WireDns.Benchmarks.Comparison;

/// <summary>Runs other programs.</summary>
internal static class ShellProgram
{
    /// <summary>Whether a program is on the PATH.</summary>
    public static bool IsInstalled(string name) => FindOnPath(name) is not null;

    /// <summary>Runs a command to its end; returns its exit status and what it wrote to both streams.</summary>
    public static (int Status, string Output) Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>The first line of what a shell command prints; empty if it prints nothing or cannot run.</summary>
    public static string FirstLine(string command)
    {
        var (_, output) = Run("bash", "-c", command);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
    }

    /// <summary>A text as one word of a POSIX shell.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-=+:%,@".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/sbin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
