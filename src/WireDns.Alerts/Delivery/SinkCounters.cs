using System.Globalization;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// What happened to the alerts and events of one sink, at one moment; where a member says alerts, events count too. <see cref="AlertDelivery.Raised"/> +
/// <see cref="Recovered"/> = <see cref="Filtered"/> + <see cref="Delivered"/> + <see cref="InMemory"/> + <see cref="Spooled"/> + <see cref="FailedTotal"/> +
/// <see cref="Dropped"/>, except for those that are under way at that moment. Immutable.
/// </summary>
public sealed record SinkCounters
{
    /// <summary>The sink's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it delivers, in the plural.</summary>
    public string Items { get; init; } = "alerts";

    /// <summary>Alerts that are not for this sink, because of its level or its rules.</summary>
    public long Filtered { get; init; }

    /// <summary>Alerts that its buffer accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Alerts that its transport delivered.</summary>
    public required long Delivered { get; init; }

    /// <summary>Alerts that an earlier process left in the spool.</summary>
    public long Recovered { get; init; }

    /// <summary>Alerts that wait in its buffer, or are being sent from there.</summary>
    public long InMemory { get; init; }

    /// <summary>Alerts that wait in the spool, where they survive the end of the process.</summary>
    public long Spooled { get; init; }

    /// <summary>Alerts refused because its buffer was full or closed.</summary>
    public required long Dropped { get; init; }

    /// <summary>Alerts that were accepted and not delivered, by reason; only reasons that occurred.</summary>
    public required IReadOnlyDictionary<SendFailure, long> Failed { get; init; }

    /// <summary>Alerts whose message was too long, so that parts of it were left out; they are delivered all the same.</summary>
    public long Cut { get; init; }

    /// <summary>How often sending failed and was tried again.</summary>
    public long Retries { get; init; }

    /// <summary>Alerts that were sent again though they may have arrived: the most that the receiver has twice because of this.</summary>
    public long Repeated { get; init; }

    /// <summary>Why alerts wait now; <see cref="SendOutcome.Done"/> if nothing holds them up.</summary>
    public SendOutcome Trouble { get; init; }

    /// <summary>How long no alert has got through; zero if nothing holds them up.</summary>
    public TimeSpan TroubleLasts { get; init; }

    /// <summary>The text of the last exception of its format or transport, or null: something to report as a defect.</summary>
    public string? LastFault { get; init; }

    /// <summary>Alerts that were handed to it since the start: those that are not for it, that its buffer accepted, and that it dropped.</summary>
    public long HandedOver => Filtered + Accepted + Dropped;

    /// <summary>Alerts that were accepted and not delivered.</summary>
    public long FailedTotal => Failed.Values.Sum();

    /// <summary>Alerts that were lost: refused by a full buffer, or accepted and not delivered.</summary>
    public long Lost => Dropped + FailedTotal;

    /// <summary>Alerts that are waiting or being sent, in memory or in the spool.</summary>
    public long Waiting => InMemory + Spooled;

    /// <summary>Whether an alert was lost: the tool then ends with exit status 1.</summary>
    public bool HasLosses => Lost > 0;

    /// <summary>What a sink that has ended and the one that takes its place come to together. What the first left in a spool waits there until the second has found it.</summary>
    internal SinkCounters Plus(SinkCounters next)
    {
        var found = Math.Min(Spooled, next.Recovered);
        return Beside(next) with
        {
            Recovered = Recovered + next.Recovered - found,
            InMemory = next.InMemory,
            Spooled = Spooled + next.Spooled - found,
            Trouble = next.Trouble,
            TroubleLasts = next.TroubleLasts,
        };
    }

    /// <summary>What a sink that still delivers what waits and the one that takes its place come to together.</summary>
    internal SinkCounters Beside(SinkCounters next) => next with
    {
        Filtered = Filtered + next.Filtered,
        Accepted = Accepted + next.Accepted,
        Delivered = Delivered + next.Delivered,
        Recovered = Recovered + next.Recovered,
        InMemory = InMemory + next.InMemory,
        Spooled = Spooled + next.Spooled,
        Dropped = Dropped + next.Dropped,
        Failed = Failed.Concat(next.Failed).GroupBy(reason => reason.Key).ToDictionary(group => group.Key, group => group.Sum(reason => reason.Value)),
        Cut = Cut + next.Cut,
        Retries = Retries + next.Retries,
        Repeated = Repeated + next.Repeated,
        Trouble = next.Trouble.Failure == SendFailure.None ? Trouble : next.Trouble,
        TroubleLasts = next.TroubleLasts > TroubleLasts ? next.TroubleLasts : TroubleLasts,
        LastFault = next.LastFault ?? LastFault,
    };

    /// <summary>The losses by reason, in words for the user: <c>queue full 12, nobody listens there 3</c>; empty if there are none.</summary>
    public string DescribeLosses()
    {
        var reasons = Failed.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key.Words()} {entry.Value:N0}"));
        if (Dropped > 0)
        {
            reasons = reasons.Prepend(string.Create(CultureInfo.InvariantCulture, $"queue full {Dropped:N0}"));
        }

        return string.Join(", ", reasons) + (LastFault is null ? "" : $" ({LastFault})");
    }
}
