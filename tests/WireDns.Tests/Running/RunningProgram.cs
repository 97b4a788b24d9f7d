using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WireDns.Tests.Running;

/// <summary>A program that runs alongside the test. Disposing it ends it in any case.</summary>
internal sealed class RunningProgram : IDisposable
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Far longer than anything takes, even on a machine that is busy with other things.</summary>
    public static TimeSpan Patience => Waiting.Limit;

    private readonly Process _process;
    private readonly Thread[] _readers;

    private RunningProgram(Process process)
    {
        _process = process;
        _readers =
        [
            new Thread(() => Output.Follow(process.StandardOutput.BaseStream)),
            new Thread(() => Error.Follow(process.StandardError.BaseStream)),
        ];
        Array.ForEach(_readers, reader => reader.Start());
    }

    public LineLog Output { get; } = new();

    public LineLog Error { get; } = new();

    /// <summary>The system's number of the process.</summary>
    public int ProcessId => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts a program.</summary>
    /// <param name="folder">Where it runs; null for the checkout.</param>
    /// <param name="environment">Variables that it has in addition to the test's own.</param>
    public static RunningProgram Start(
        string program, IEnumerable<string> arguments, string? folder = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? TestPaths.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(Process.Start(start)!);
    }

    /// <summary>Whether the system has a program.</summary>
    public static bool IsInstalled(string program)
    {
        try
        {
            using var started = Start(program, ["--version"]);
            started.WaitForEnd();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs a program to its end, and returns its exit status.</summary>
    public static int Run(string program, params string[] arguments)
    {
        using var started = Start(program, arguments);
        return started.WaitForEnd();
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Ends it at once, as SIGKILL does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Closes its standard input, waits for its end and returns its exit status.</summary>
    /// <param name="patience">How long; null for <see cref="Patience"/>.</param>
    public int WaitForEnd(TimeSpan? patience = null)
    {
        CloseInput();
        return WaitForEndByItself(patience);
    }

    /// <summary>Waits for its end while its standard input stays open, and returns its exit status.</summary>
    public int WaitForEndByItself(TimeSpan? patience = null)
    {
        Assert.True(_process.WaitForExit(patience ?? Patience), $"did not end; stdout:\n{Output.Text}\nstderr:\n{Error.Text}");
        Array.ForEach(_readers, reader => reader.Join());
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        CloseInput();
        _process.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading all of it.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
