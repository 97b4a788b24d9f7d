using System.CommandLine;
using System.Net;
using WireDns.Detection;

namespace WireDns.Settings;

/// <summary>What the detector is told of the network, and its bounds.</summary>
internal sealed class DetectionOptions
{
    private const int MaximumLookups = 1 << 24;
    private const int MaximumCorrelated = 1 << 24;

    private static readonly DetectorOptions Defaults = new();

    private readonly Option<string[]> _resolvers = new("--resolver")
    {
        Description = "An internal resolver, as an address or a network (10.0.0.53, 10.1.0.0/16): the lookups that it makes for its clients are marked as "
            + "forwarded. May be given several times.",
        HelpName = "ADDRESS|NETWORK",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<int> _lookups = new("--lookups")
    {
        Description = "Lookups remembered at once, so that a query, its repetitions and its response raise one alert: 1,024 to 16,777,216.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.MaximumLookups,
    };

    private readonly Option<int> _groups = new("--correlation-groups")
    {
        Description = "Groups of events (clients, for instance) that all correlations together remember at once: 1 to 16,777,216.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.Correlations.MaximumGroups,
    };

    private readonly Option<int> _events = new("--correlation-events")
    {
        Description = "Events, or different values, that all correlations together remember at once: 1 to 16,777,216.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.Correlations.MaximumEvents,
    };

    private readonly Option<bool> _anomalies;
    private readonly int _anomaliesPerSecond;

    /// <param name="anomaliesPerSecond">How many anomalies are told of in a second, where they are asked for.</param>
    public DetectionOptions(int anomaliesPerSecond)
    {
        _anomaliesPerSecond = anomaliesPerSecond;
        _anomalies = new Option<bool>("--anomalies")
        {
            Description = "Send also what is wrong, as alerts are sent: each malformed message and each packet that cannot be decoded"
                + (anomaliesPerSecond == int.MaxValue ? "." : $", at most {anomaliesPerSecond} a second."),
        };
        NumberRange.Require(_lookups, 1024, MaximumLookups);
        NumberRange.Require(_groups, 1, MaximumCorrelated);
        NumberRange.Require(_events, 1, MaximumCorrelated);
        _resolvers.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !TryParse(token.Value, out _)))
            {
                result.AddError($"--resolver takes an IPv4 or IPv6 address or a network without host bits, not '{token.Value}'.");
            }
        });
    }

    /// <summary>Adds the options that say something of the network, and what is told of it, to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_resolvers);
        command.Add(_anomalies);
    }

    /// <summary>Adds the bounds to a command: to be called last, so that its help starts with the others.</summary>
    public void AddBoundsTo(Command command)
    {
        command.Add(_lookups);
        command.Add(_groups);
        command.Add(_events);
    }

    /// <summary>What the detector is told.</summary>
    public DetectorOptions ToDetectorOptions(ParseResult arguments) => Defaults with
    {
        MaximumLookups = arguments.GetValue(_lookups),
        Correlations = Defaults.Correlations with
        {
            MaximumGroups = arguments.GetValue(_groups),
            MaximumEvents = arguments.GetValue(_events),
        },
        AnomaliesPerSecond = arguments.GetValue(_anomalies) ? _anomaliesPerSecond : 0,
        Resolvers = [.. (arguments.GetValue(_resolvers) ?? []).Select(text => TryParse(text, out var network) ? network : default)],
    };

    // The base library takes 10.1 for 10.0.0.1 and 010.0.0.1 for octal, and an address with a port or a scope.
    private static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        if (address.AsSpan().ContainsAny("[]%") || !IPAddress.TryParse(address, out var parsed)
            || (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && parsed.ToString() != address))
        {
            return false;
        }

        network = slash < 0 ? new IPNetwork(parsed, parsed.GetAddressBytes().Length * 8) : default;
        return slash < 0 || (IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(parsed));
    }
}
