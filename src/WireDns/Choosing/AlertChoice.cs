using System.IO.Enumeration;
using System.Net;
using WireDns.Alerts;
using WireDns.Settings;

namespace WireDns.Choosing;

/// <summary>
/// Chooses the alerts that a user asked for by what is in them: level, time, client, server, name. Counts those that it leaves out, each under the first
/// reason that holds. It is asked as soon as an alert is raised, so nothing later (silences, evidence, targets) sees the others. Thread-safe.
/// </summary>
internal sealed class AlertChoice
{
    private static readonly string[] Words =
    [
        "below --min-level", "before --since", "from --until on", "without a time", "of other clients", "at other servers", "about other names",
    ];

    private readonly ChoiceSettings _settings;
    private readonly string[] _patterns;
    private readonly long[] _leftOut = new long[Words.Length];

    /// <param name="settings">What was asked for.</param>
    public AlertChoice(ChoiceSettings settings)
    {
        _settings = settings;

        // In a name a backslash is a backslash; in a pattern of file names it would escape a character.
        _patterns = [.. settings.Names.Select(name => name.Replace("\\", "\\\\", StringComparison.Ordinal))];
    }

    /// <summary>The reasons for which alerts were left out, with their numbers, in the order in which they are tried.</summary>
    public IReadOnlyList<(string Reason, long Count)> LeftOut =>
        [.. Words.Select((word, reason) => (word, Interlocked.Read(ref _leftOut[reason]))).Where(entry => entry.Item2 > 0)];

    /// <summary>Whether an alert was asked for.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="beginning">The time of the first packet of its capture, in nanoseconds since the Unix epoch; null if it is not known.</param>
    /// <param name="end">The time of the last packet; needed if the settings say so (<see cref="ChoiceSettings.NeedsEnd"/>).</param>
    public bool Wants(Alert alert, long? beginning, long? end)
    {
        var reason = ReasonAgainst(alert, beginning, end);
        if (reason < 0)
        {
            return true;
        }

        Interlocked.Increment(ref _leftOut[reason]);
        return false;
    }

    private int ReasonAgainst(Alert alert, long? beginning, long? end)
    {
        if (alert.Rule.Level < _settings.LeastLevel)
        {
            return 0;
        }

        if (_settings.Since is not null || _settings.Until is not null)
        {
            if (alert.UnixTimeNanoseconds is not { } time)
            {
                return 3;
            }

            if (_settings.Since?.In(beginning, end) is { } since && time < since)
            {
                return 1;
            }

            if (_settings.Until?.In(beginning, end) is { } until && time >= until)
            {
                return 2;
            }
        }

        return !IsIn(_settings.Clients, alert.Client) ? 4
            : !IsIn(_settings.Servers, alert.Server) ? 5
            : _patterns.Length > 0 && !HasName(alert.Message.QuestionName) ? 6
            : -1;
    }

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, AlertEndpoint endpoint)
    {
        if (networks.Count == 0 || !IPAddress.TryParse(endpoint.Address, out var address))
        {
            return networks.Count == 0;
        }

        for (var index = 0; index < networks.Count; index++)
        {
            if (networks[index].Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasName(string? name) =>
        name is not null && Array.Exists(_patterns, pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true));
}
