using System.CommandLine;
using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Where alerts go and how they look.</summary>
internal sealed class OutputOptions
{
    private const string StandardOutputName = "stdout";
    private const string TextName = "text";
    private const string EcsName = "ecs";

    private readonly Option<string[]> _outputs = new("--output", "-o")
    {
        Description = $"Where alerts go: {AlertSinks.Kinds}. Settings of a target follow after commas: format=, level=, rule= … (docs/alerts.md). "
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
        Description = "Show below each text alert what its rule says and what matched; live also describes its kernel filter.",
    };

    private readonly ColourOption _colour = new("text alerts");

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

    private readonly Option<string?> _spool = new("--spool")
    {
        Description = "Folder where alerts wait on disk for targets that are connected to (TCP, TLS, RELP, HTTP), also over a restart.",
        HelpName = "FOLDER",
    };

    public OutputOptions()
    {
        _format.AcceptOnlyFromAmong(TextName, EcsName);
        _facility.Validators.Add(result =>
        {
            // The parser would take any number for a facility.
            var names = Enum.GetNames<SyslogFacility>();
            foreach (var token in result.Tokens.Where(token => !names.Contains(token.Value, StringComparer.OrdinalIgnoreCase)))
            {
                result.AddError($"--syslog-facility takes {string.Join(", ", names)}; not '{token.Value}'.");
            }
        });
        _outputs.CompletionSources.Add(StandardOutputName, "syslog");
        NumberRange.Require(_maximumLength, SyslogOptions.SmallestMaximumLength, SyslogOptions.LargestMaximumLength);
        NumberRange.Require(_queue, 1, 10_000_000);
    }

    /// <summary>Whether more is said than what happens.</summary>
    public bool IsVerbose(ParseResult arguments) => arguments.GetValue(_verbose);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_outputs);
        command.Add(_format);
        command.Add(_verbose);
        _colour.AddTo(command);
        command.Add(_facility);
        command.Add(_maximumLength);
        command.Add(_queue);
        command.Add(_spool);
    }

    /// <summary>Opens the targets and starts to deliver to them.</summary>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public AlertDelivery Open(ParseResult arguments, QueueMode mode)
    {
        var defaults = new SinkDefaults(
            mode, arguments.GetValue(_format)!, arguments.GetValue(_facility), arguments.GetValue(_maximumLength), arguments.GetValue(_queue),
            _colour.IsColoured(arguments), arguments.GetValue(_verbose), arguments.GetValue(_spool));
        var sinks = new List<AlertSink>();
        try
        {
            foreach (var target in (arguments.GetValue(_outputs) ?? []).Distinct(StringComparer.Ordinal))
            {
                sinks.Add(AlertSinks.Open(target, defaults));
            }
        }
        catch (CommandFailure)
        {
            foreach (var sink in sinks)
            {
                sink.Transport.Dispose();
                sink.Spool?.Dispose();
            }

            throw;
        }

        SayWhatIsLeft(arguments.GetValue(_spool), sinks);

        return new AlertDelivery(sinks, line => StandardError.Write($"wiredns: {line}"));
    }

    /// <summary>Alerts of an earlier run are delivered with the others; those for a target that is not given now are said, and stay.</summary>
    private static void SayWhatIsLeft(string? folder, List<AlertSink> sinks)
    {
        foreach (var sink in sinks.Where(sink => sink.Spool is { Recovered: > 0 } or { Damaged: > 0 }))
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {sink.Name}: {sink.Spool!.Recovered:N0} alerts of an earlier run wait in the spool")
                + (sink.Spool.Damaged > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {sink.Spool.Damaged} of its files were damaged, and alerts in them are lost") : ""));
        }

        foreach (var owner in folder is null ? [] : Spool.LeftIn(folder, sinks.Select(sink => sink.Spool).OfType<Spool>()))
        {
            StandardError.Write($"wiredns: the spool holds alerts for a target that is not given now: {Printable.Text(owner)}");
        }
    }
}
