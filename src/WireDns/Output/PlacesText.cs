using System.Globalization;
using System.Text;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Output;

/// <summary>
/// Where to look for what a summary counts: the first places of a reason. In a file a place is the number of a packet; on an interface, whose packets
/// nobody has kept, it is the time and the two ends.
/// </summary>
internal static class PlacesText
{
    /// <summary>The first places of a reason, with dots where there are more of them; empty for a reason without places.</summary>
    /// <param name="counters">What was counted.</param>
    /// <param name="counter">The counter.</param>
    /// <param name="reason">Its reason.</param>
    /// <param name="count">How often it occurred.</param>
    /// <param name="privacy">What hides addresses, of which each may be a client's; null if nothing does.</param>
    public static string Of(RunCounters counters, string? counter, string reason, long count, ClientPrivacy? privacy = null)
    {
        var text = new StringBuilder();
        string? file = null;
        long shown = 0;
        foreach (var place in counters.Places.Where(place => place.Kind.ToCounter() == counter && place.Reason == reason))
        {
            text.Append(text.Length > 0 ? ", " : "");
            var own = place.Source.FileOf(place.Origin.InterfaceIndex);
            if (own is null || own != file)
            {
                text.Append(Printable.Text(own ?? place.Source.InterfaceName(place.Origin.InterfaceIndex) ?? ""));
            }

            text.Append(own is null ? privacy?.Hide(Describe(place), client: null) ?? Describe(place) : string.Create(CultureInfo.InvariantCulture, $"#{place.Origin.PacketNumber}"));
            file = own;
            shown += place.Kind == AnomalyKind.Malformed ? 1 : place.Origin.PacketCount;
        }

        return shown > 0 && shown < count ? text.Append(" ...").ToString() : text.ToString();
    }

    private static string Describe(AnomalyPlace place)
    {
        var origin = place.Origin;
        var text = string.Create(CultureInfo.InvariantCulture, $" {DateTime.UnixEpoch.AddTicks(origin.Time.Nanoseconds / 100):yyyy-MM-ddTHH:mm:ss.ffffff}Z");
        return place.Known switch
        {
            KnownEnds.None => text,
            KnownEnds.Addresses => $"{text} {origin.Source} -> {origin.Destination}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{text} {End(origin.Source, origin.SourcePort)} -> {End(origin.Destination, origin.DestinationPort)}"),
        };
    }

    // RFC 5952 §6.
    private static string End(NetAddress address, ushort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(address.IsIpv6 ? $"[{address}]" : address)}:{port}");
}
