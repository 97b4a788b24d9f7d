using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using WireDns.Terminal;

namespace WireDns.Screen;

/// <summary>
/// The terminal while a picture fills it: its second screen (xterm's 1049), without a cursor. Whatever ends the process, the first screen and the settings come back,
/// unless it is SIGKILL. Thread-safe.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class ScreenTerminal : IDisposable
{
    private const int StandardInput = 0;

    // struct termios has 60 octets with glibc and musl, and 72 on macOS.
    private const int LongestSettings = 256;
    private const int Now = 0; // TCSANOW

    // To the second screen, no cursor, no wrapping of long lines.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";

    // The last two take back what .NET sets for the cursor keys.
    private const string Leave = "\e[0m\e[?7h\e[?25h\e[?1049l\e[?1l\e>";

    // A frame appears as a whole on terminals that know this (mode 2026); others ignore it.
    private const string BeginFrame = "\e[?2026h";
    private const string EndFrame = "\e[?2026l";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Lock _ending = new();
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly byte[] _settings = new byte[LongestSettings];
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action _ended;
    private readonly bool _hasSettings;
    private bool _isShown;
    private volatile bool _hasEnded;

    /// <summary>Takes the terminal.</summary>
    /// <param name="changed">Called when the picture has to be drawn again: the terminal has another size, or a stopped process goes on.</param>
    /// <param name="ended">Called once, after the first screen has come back.</param>
    public ScreenTerminal(Action changed, Action ended)
    {
        _ended = ended;
        _hasSettings = GetSettings(StandardInput, _settings) == 0;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => End();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT })
        {
            // What the signal does is decided elsewhere (StopSignals). Whatever it is, the picture has ended.
            _signals.Add(PosixSignalRegistration.Create(signal, _ => End()));
        }

        // A sensor that is suspended sees nothing: Ctrl-Z does not stop it.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context => context.Cancel = true));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => changed()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()));
        _isShown = TryWrite(Enter);
    }

    /// <summary>Columns and lines. A terminal that does not say has 80 and 24.</summary>
    public static (int Width, int Height) Size => (Console.WindowWidth is > 0 and var width ? width : 80, Console.WindowHeight is > 0 and var height ? height : 24);

    /// <summary>Draws a picture; each line at its place. Does nothing after the end.</summary>
    /// <returns>False if the terminal is gone.</returns>
    public bool Draw(IReadOnlyList<string> lines)
    {
        var frame = new StringBuilder(BeginFrame);
        for (var index = 0; index < lines.Count; index++)
        {
            // Erased before and not after: the cursor does not leave the last column.
            frame.Append(System.Globalization.CultureInfo.InvariantCulture, $"\e[{index + 1};1H\e[K{lines[index]}");
        }

        lock (_gate)
        {
            return !_isShown || TryWrite(frame.Append(EndFrame).ToString());
        }
    }

    /// <summary>Gives the terminal back for good. May be called again.</summary>
    public void End()
    {
        // A second caller waits until the first has done it: the process may end right after.
        lock (_ending)
        {
            if (!_hasEnded)
            {
                _hasEnded = true;
                Hide();
                _ended();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _signals.ForEach(signal => signal.Dispose());
    }

    private void Hide()
    {
        // A terminal that is held (Ctrl-S) may hold the thread that draws as well.
        if (!_gate.TryEnter(Patience))
        {
            return;
        }

        try
        {
            if (_isShown)
            {
                _isShown = false;
                TryWrite(Leave);
                if (_hasSettings)
                {
                    _ = SetSettings(StandardInput, Now, _settings);
                }
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool TryWrite(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetSettings(int file, Span<byte> settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSettings(int file, int when, Span<byte> settings);
}
