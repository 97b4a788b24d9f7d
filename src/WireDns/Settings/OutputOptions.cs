using System.CommandLine;
using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Where alerts go and how they look.</summary>
internal sealed class OutputOptions
{
    private const string StandardOutputName = "stdout";
    private const string SyslogName = "syslog";
    private const string TextName = "text";
    private const string EcsName = "ecs";

    private readonly Option<string[]> _outputs = new("--output", "-o")
    {
        Description = "Where alerts go: stdout, syslog (the local logger), syslog:/PATH (a logger's socket) or syslog://HOST[:PORT] (UDP). "
            + "May be given several times.",
        HelpName = "TARGET",
        DefaultValueFactory = _ => [StandardOutputName],
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string> _format = new("--format", "-f")
    {
        Description = "How alerts look: text, a line each, or ecs, JSON lines with the field names of the Elastic Common Schema.",
        HelpName = "text|ecs",
        DefaultValueFactory = _ => TextName,
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Show below each text alert what its rule says and what matched.",
    };

    private readonly Option<string> _colour = new("--color", "--colour")
    {
        Description = "Colour text alerts: auto (on a terminal, unless NO_COLOR is set), always or never.",
        HelpName = "auto|always|never",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<SyslogFacility> _facility = new("--syslog-facility")
    {
        Description = "Facility of syslog messages, by its name in RFC 5424.",
        HelpName = "NAME",
        DefaultValueFactory = _ => SyslogFacility.Local0,
    };

    private readonly Option<int> _maximumLength = new("--syslog-max-length")
    {
        Description = "Octets of the longest syslog message. What is longer is cut: JSON stays whole, with fewer members.",
        HelpName = "N",
        DefaultValueFactory = _ => new SyslogOptions().MaximumLength,
    };

    private readonly Option<int> _queue = new("--queue")
    {
        Description = "Alerts that may wait for each target. Files wait for a full queue; live capture drops, and counts.",
        HelpName = "N",
        DefaultValueFactory = _ => 8192,
    };

    public OutputOptions()
    {
        _format.AcceptOnlyFromAmong(TextName, EcsName);
        _colour.AcceptOnlyFromAmong("auto", "always", "never");
        _outputs.CompletionSources.Add(StandardOutputName, SyslogName);
        NumberRange.Require(_maximumLength, SyslogOptions.SmallestMaximumLength, SyslogOptions.LargestMaximumLength);
        NumberRange.Require(_queue, 1, 10_000_000);
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_outputs);
        command.Add(_format);
        command.Add(_verbose);
        command.Add(_colour);
        command.Add(_facility);
        command.Add(_maximumLength);
        command.Add(_queue);
    }

    /// <summary>Opens the targets and starts to deliver to them.</summary>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public AlertDelivery Open(ParseResult arguments, QueueMode mode)
    {
        var sinks = new List<AlertSink>();
        foreach (var target in (arguments.GetValue(_outputs) ?? []).Distinct(StringComparer.Ordinal))
        {
            var isStandardOutput = target == StandardOutputName;
            IMessageTransport transport = isStandardOutput ? StreamTransport.OpenStandardOutput() : OpenSyslog(target);
            IAlertFormat format = isStandardOutput ? Text(arguments, isTerminal: true) : new SyslogFormat(Text(arguments, isTerminal: false), new SyslogOptions
            {
                Facility = arguments.GetValue(_facility),
                MaximumLength = arguments.GetValue(_maximumLength),
            });
            sinks.Add(new AlertSink(target, format, transport)
            {
                Mode = mode,
                QueueCapacity = arguments.GetValue(_queue),
                Patience = Patience(mode, isStandardOutput),
            });
        }

        return new AlertDelivery(sinks, line => StandardError.Write($"wiredns: {line}"));
    }

    // A file that fills the disk is better ended than left hanging; a receiver may come back.
    private static TimeSpan Patience(QueueMode mode, bool isStandardOutput) =>
        mode == QueueMode.Drop ? Timeout.InfiniteTimeSpan : isStandardOutput ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);

    private ICuttableFormat Text(ParseResult arguments, bool isTerminal) => arguments.GetValue(_format) == EcsName
        ? new EcsFormat(Environment.MachineName, ProductVersion.Text)
        : isTerminal ? new TextFormat(IsColoured(arguments), arguments.GetValue(_verbose)) : new TextFormat();

    private bool IsColoured(ParseResult arguments) => arguments.GetValue(_colour) switch
    {
        "always" => true,
        "never" => false,
        _ => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };

    private static DatagramTransport OpenSyslog(string target)
    {
        try
        {
            if (target == SyslogName)
            {
                return DatagramTransport.OpenLocal();
            }

            if (target.StartsWith("syslog:///", StringComparison.Ordinal) || target.StartsWith("syslog:/", StringComparison.Ordinal)
                && !target.StartsWith("syslog://", StringComparison.Ordinal))
            {
                return DatagramTransport.OpenLocal(target[(target.StartsWith("syslog:///", StringComparison.Ordinal) ? 9 : 7)..]);
            }

            if (Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri is { Scheme: SyslogName, Host.Length: > 0, PathAndQuery: "/" or "" })
            {
                return DatagramTransport.OpenUdp(uri.DnsSafeHost, uri.Port is -1 ? DatagramTransport.UdpPort : uri.Port);
            }
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }

        throw new CommandFailure(ExitStatus.Usage, string.Create(CultureInfo.InvariantCulture,
            $"unknown output '{target}': stdout, syslog, syslog:/PATH or syslog://HOST[:PORT] was expected"));
    }
}
