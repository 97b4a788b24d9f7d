using System.CommandLine;
using WireDns.Capture.Live;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>How interfaces are captured from.</summary>
internal sealed class CaptureOptions
{
    private readonly Option<string[]> _interfaces = new("--interface", "-i")
    {
        Description = "An interface to capture from (wiredns interfaces lists them). May be given several times.",
        HelpName = "NAME",
        Required = true,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _notPromiscuous = new("--no-promiscuous")
    {
        Description = "Take only packets that are meant for this host.",
    };

    private readonly Option<int> _snapLength = new("--snaplen")
    {
        Description = "How much of each packet is taken, in bytes: 64 to 262144.",
        HelpName = "BYTES",
        DefaultValueFactory = _ => 262_144,
    };

    private readonly Option<int> _bufferSize = new("--buffer-size")
    {
        Description = "Size of the kernel's buffer for each interface, in MiB: 1 to 1024.",
        HelpName = "MIB",
        DefaultValueFactory = _ => 64,
    };

    private readonly Option<int> _timeout = new("--timeout")
    {
        Description = "How long the kernel may gather packets before it hands them over, in milliseconds: 1 to 500. Longer delays alerts, and "
            + "lets the buffer of a slow link hold more.",
        HelpName = "MS",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<int> _blindAfter = new("--blind-after")
    {
        Description = "Seconds without a packet, or without DNS, after which an interface is said to be blind: 1 to 86400.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<string?> _faultFolder = new("--fault-folder")
    {
        Description = "A folder for packets on which this program fails, 1 MiB of each link type at most, to be reported.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "A kernel filter in libpcap's language in place of the built-in one, or none.",
        HelpName = "EXPRESSION|none",
    };

    public CaptureOptions()
    {
        NumberRange.Require(_snapLength, 64, 262_144);
        NumberRange.Require(_bufferSize, 1, 1024);
        NumberRange.Require(_timeout, 1, 500);
        NumberRange.Require(_blindAfter, 1, 86_400);
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_interfaces);
        command.Add(_filter);
        command.Add(_notPromiscuous);
        command.Add(_snapLength);
        command.Add(_bufferSize);
        command.Add(_timeout);
        command.Add(_blindAfter);
        command.Add(_faultFolder);
    }

    /// <summary>Where packets on which the program fails are kept; null for nowhere.</summary>
    /// <exception cref="CommandFailure">It is no folder.</exception>
    public string? FaultFolder(ParseResult arguments) => arguments.GetValue(_faultFolder) is not { } folder ? null
        : Directory.Exists(folder) ? folder
        : throw new CommandFailure(ExitStatus.Usage, $"{folder}: there is no such folder for --fault-folder");

    /// <summary>How long an interface may be without a packet, or without DNS, before that is said.</summary>
    public TimeSpan BlindAfter(ParseResult arguments) => TimeSpan.FromSeconds(arguments.GetValue(_blindAfter));

    /// <summary>What to open, an entry for each interface.</summary>
    public IEnumerable<LiveCaptureOptions> Options(ParseResult arguments, PacketDecoderOptions decoding) =>
        (arguments.GetValue(_interfaces) ?? []).Distinct(StringComparer.Ordinal).Select(name => new LiveCaptureOptions
        {
            Interface = name,
            Promiscuous = !arguments.GetValue(_notPromiscuous),
            SnapLength = arguments.GetValue(_snapLength),
            BufferSize = arguments.GetValue(_bufferSize) * 1024 * 1024,
            ReadTimeout = TimeSpan.FromMilliseconds(arguments.GetValue(_timeout)),
            Filter = arguments.GetValue(_filter),
            Decoding = decoding,
        });
}
