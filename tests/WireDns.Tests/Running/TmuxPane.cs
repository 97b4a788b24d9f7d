using System.Globalization;

namespace WireDns.Tests.Running;

/// <summary>A terminal of its own, in which a script runs: a pane of tmux, whose server belongs to this test alone. Disposing it ends both.</summary>
internal sealed class TmuxPane : IDisposable
{
    private readonly string _program;
    private readonly string _socket;

    private TmuxPane(string program, string socket) => (_program, _socket) = (program, socket);

    /// <summary>What it shows now, line by line.</summary>
    public string Screen => Tell("capture-pane", "-p").Output.Text;

    /// <summary>Starts a script of the shell. Skips the test if there is no tmux.</summary>
    /// <param name="folder">Where files of the terminal lie, and where the script runs.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines.</param>
    /// <param name="script">The script.</param>
    public static TmuxPane Start(TemporaryFolder folder, int width, int height, string script)
    {
        var unpacked = Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", "tmux");
        var program = File.Exists(unpacked) ? unpacked : "tmux";
        Assert.SkipUnless(OperatingSystem.IsLinux() && (File.Exists(unpacked) || File.Exists("/usr/bin/tmux")), "needs tmux, which ./run.sh setup unpacks");
        var pane = new TmuxPane(program, folder["tmux.sock"]);
        var started = pane.Tell(
            "-f", "/dev/null", "new-session", "-d", "-x", width.ToString(CultureInfo.InvariantCulture), "-y", height.ToString(CultureInfo.InvariantCulture),
            "-c", folder.Path, $"sh {folder.Write("script.sh", script)}");
        Assert.True(started.ExitStatus == 0, started.Error.Text);
        return pane;
    }

    /// <summary>Presses keys, by tmux' names of them.</summary>
    public void Press(params string[] keys) => Assert.Equal(0, Tell(["send-keys", .. keys]).ExitStatus);

    /// <summary>Gives it another size.</summary>
    public void Resize(int width, int height) => Assert.Equal(0, Tell(
        "resize-window", "-x", width.ToString(CultureInfo.InvariantCulture), "-y", height.ToString(CultureInfo.InvariantCulture)).ExitStatus);

    /// <summary>What tmux says of it: alternate_on, cursor_flag …</summary>
    public string Ask(string format) => Tell("display-message", "-p", $"#{{{format}}}").Output.Text.Trim();

    /// <summary>Waits until it shows a text. Fails, with what it shows, if that does not come.</summary>
    public string WaitFor(string text) => WaitFor(screen => screen.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Waits until what it shows meets a condition.</summary>
    public string WaitFor(Func<string, bool> condition, string what)
    {
        var screen = "";
        Assert.True(SpinWait.SpinUntil(() => condition(screen = Screen), RunningProgram.Patience), $"{what} did not come; the screen:\n{screen}");
        return screen;
    }

    /// <summary>Ends it, as the connection to a terminal breaks.</summary>
    public void Break() => Tell("kill-server");

    public void Dispose() => Break();

    private ProgramResult Tell(params string[] arguments)
    {
        using var tmux = RunningProgram.Start(_program, ["-u", "-S", _socket, .. arguments], folder: null, ("LC_ALL", "C.UTF-8"), ("TERM", "xterm-256color"));
        var status = tmux.WaitForEnd();
        return new ProgramResult(status, tmux.Output, tmux.Error);
    }
}
