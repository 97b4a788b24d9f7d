using System.Net;
using WireDns.Canary;

namespace WireDns.Sensor;

/// <summary>What a sensor knows of its canaries at one moment. Immutable.</summary>
/// <param name="Zone">The domain below which a lookup is a canary.</param>
/// <param name="Matched">Canaries that were matched, whoever sent them.</param>
/// <param name="Last">The last one that the sensor sent; if it sends none, the last one that it matched. Null if there was none.</param>
/// <param name="Sending">Those that the sensor sends itself; null if it sends none.</param>
internal sealed record CanarySnapshot(string Zone, long Matched, CanaryProgress? Last, CanarySending? Sending);

/// <summary>The canaries that the sensor sends itself.</summary>
/// <param name="State">What the last one that was judged says of the sensor.</param>
/// <param name="Sent">How many were sent.</param>
/// <param name="Interval">How often one is sent.</param>
/// <param name="Resolver">Who is asked; null for the resolvers of the system.</param>
internal sealed record CanarySending(InterfaceState State, long Sent, TimeSpan Interval, IPEndPoint? Resolver);

/// <summary>How far a canary has come.</summary>
/// <param name="Name">The name that was asked for.</param>
/// <param name="Stage">Where it is, or where it was lost.</param>
/// <param name="Sent">When the sensor sent it; null if another program did.</param>
/// <param name="Answer">What the resolver answered, in words; null while it has not, or if another program sent it.</param>
/// <param name="Sighting">Where it was seen and what the sinks did with it; null if it was not seen.</param>
internal sealed record CanaryProgress(string Name, CanaryStage Stage, DateTimeOffset? Sent, string? Answer, CanarySighting? Sighting)
{
    /// <summary>How far a canary has come that another program sent; null for none.</summary>
    public static CanaryProgress? Of(CanarySighting? sighting) =>
        sighting is null ? null : new CanaryProgress(sighting.Name, StageOf(sighting, isSightLate: false, isDeliveryLate: false), null, null, sighting);

    /// <summary>Where a canary is.</summary>
    /// <param name="sighting">What was seen of it; null for nothing.</param>
    /// <param name="isSightLate">Whether it would have been seen by now.</param>
    /// <param name="isDeliveryLate">Whether every sink would have it by now.</param>
    public static CanaryStage StageOf(CanarySighting? sighting, bool isSightLate, bool isDeliveryLate)
    {
        if (sighting is null)
        {
            return isSightLate ? CanaryStage.NotSeen : CanaryStage.Waiting;
        }

        var open = sighting.Undelivered().ToList();
        return open.Count == 0 ? CanaryStage.Delivered
            : isDeliveryLate || open.Any(sink => sink.Outcome != CanaryOutcome.Waiting) ? CanaryStage.NotDelivered
            : CanaryStage.Waiting;
    }
}

/// <summary>Where a canary is, or where it was lost.</summary>
internal enum CanaryStage
{
    /// <summary>It is under way.</summary>
    Waiting,

    /// <summary>It was seen and matched, and every sink that takes alerts has delivered it.</summary>
    Delivered,

    /// <summary>No such lookup came past.</summary>
    NotSeen,

    /// <summary>It was seen and matched, and a sink did not take it.</summary>
    NotDelivered,
}
