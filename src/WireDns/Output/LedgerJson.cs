using System.Text.Json;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Health;
using WireDns.Detection.Lookups;
using WireDns.Wire.Net;

namespace WireDns.Output;

/// <summary>
/// The ledger as a JSON object: <c>{"ledger": {…}}</c>, the counters as integers, the reasons behind them, the mirror's health and who
/// used encrypted DNS. docs/ledger.md explains each member.
/// </summary>
internal static class LedgerJson
{
    /// <summary>The most clients of encrypted DNS that are listed; the rest are counted together.</summary>
    public const int MaximumClients = 100;

    /// <summary>Writes the object.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="ledger">The counters.</param>
    /// <param name="privacy">What hides the addresses of clients; null if nothing does.</param>
    /// <param name="writeMore">Writes further members.</param>
    public static void Write(Utf8JsonWriter json, RunCounters ledger, ClientPrivacy? privacy = null, Action? writeMore = null)
    {
        json.WriteStartObject();
        json.WriteStartObject("ledger"u8);
        json.WriteNumber("packets"u8, ledger.Packets);
        json.WriteNumber("dns_packets"u8, ledger.DnsPackets);
        json.WriteNumber("not_dns"u8, ledger.NotDns);
        json.WriteNumber("undecodable"u8, ledger.Undecodable);
        json.WriteNumber("incomplete_packets"u8, ledger.IncompletePackets);
        json.WriteNumber("dns_messages"u8, ledger.Messages);
        json.WriteNumber("malformed"u8, ledger.Malformed);
        json.WriteNumber("incomplete"u8, ledger.Incomplete);
        WriteReasons(json, ledger);
        WritePlaces(json, ledger, isPrivate: privacy is not null);
        WriteHealth(json, MirrorHealth.Of(ledger));
        WriteEncryptedDns(json, EncryptedDnsUse.Of(ledger, MaximumClients), privacy);
        writeMore?.Invoke();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteReasons(Utf8JsonWriter json, RunCounters ledger)
    {
        json.WriteStartObject("reasons"u8);
        foreach (var counter in ledger.Reasons().Where(entry => entry.Count > 0).GroupBy(entry => entry.Counter))
        {
            json.WriteStartObject(counter.Key);
            foreach (var (_, reason, count) in counter)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WritePlaces(Utf8JsonWriter json, RunCounters ledger, bool isPrivate)
    {
        json.WriteStartObject("places"u8);
        foreach (var kind in ledger.Places.GroupBy(place => place.Kind).OrderBy(kind => kind.Key))
        {
            json.WriteStartObject(kind.Key.ToCounter());
            foreach (var reason in kind.GroupBy(place => place.Reason).OrderBy(reason => reason.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(reason.Key);
                foreach (var place in reason)
                {
                    json.WriteStartObject();
                    OriginJson.Write(json, place.Origin, isPrivate ? KnownEnds.None : place.Known, place.Source); // nobody knows which end asked
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter json, MirrorHealth health)
    {
        json.WriteStartObject("health"u8);
        json.WriteStartObject("lookups"u8);
        json.WriteNumber("complete"u8, health.Lookups.Complete);
        json.WriteNumber("query_alone"u8, health.Lookups.QueriesAlone);
        json.WriteNumber("response_alone"u8, health.Lookups.ResponsesAlone);
        json.WriteNumber("waiting"u8, health.Lookups.Waiting);
        json.WriteNumber("given_up_early"u8, health.Lookups.GivenUpEarly);
        json.WriteEndObject();
        json.WriteString("mirrored_directions"u8, NameOf(health.Lookups.Verdict));
        json.WriteNumber("exact_duplicate_packets"u8, health.ExactDuplicatePackets);
        json.WriteNumber("lost_tcp_bytes"u8, health.LostTcpBytes);
        json.WriteNumber("overlaps_with_different_bytes"u8, health.OverlapsWithDifferentBytes);
        json.WriteNumber("messages_cut_by_snap_length"u8, health.CutMessages);
        json.WriteNumber("sliced_packets"u8, health.SlicedPackets);
        json.WriteNumber("shortest_slice"u8, health.Slices.Shortest);
        json.WriteNumber("longest_slice"u8, health.Slices.Longest);
        json.WriteNumber("evicted_fragmented_datagrams"u8, health.EvictedFragmentedDatagrams);
        json.WriteNumber("evicted_tcp_connections"u8, health.EvictedTcpConnections);
        json.WriteStartArray("findings"u8);
        foreach (var finding in health.Findings)
        {
            json.WriteStringValue(finding.Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEncryptedDns(Utf8JsonWriter json, EncryptedDnsUse use, ClientPrivacy? privacy)
    {
        json.WriteStartObject("encrypted_dns"u8);
        json.WriteNumber("packets"u8, use.Packets);
        json.WriteStartArray("clients"u8);
        foreach (var client in use.Clients)
        {
            json.WriteStartObject();
            json.WriteString("client"u8, privacy?.HideClient(client.Address) ?? client.Address);
            json.WriteNumber("packets"u8, client.Packets);
            json.WriteStartArray("kinds"u8);
            foreach (var traffic in client.Kinds)
            {
                json.WriteStartObject();
                json.WriteString("kind"u8, EncryptedDnsUse.NameOf(traffic.Kind).ToLowerInvariant());
                json.WriteNumber("packets"u8, traffic.Packets);
                json.WriteNumber("connections"u8, traffic.Connections);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("further_clients"u8, use.FurtherClients);
        json.WriteNumber("further_packets"u8, use.FurtherPackets);
        json.WriteNumber("unattributed_packets"u8, use.UnattributedPackets);
        json.WriteEndObject();
    }

    private static string NameOf(MirroredDirections directions) => directions switch
    {
        MirroredDirections.Unknown => "unknown",
        MirroredDirections.Both => "both",
        MirroredDirections.Queries => "queries",
        MirroredDirections.Responses => "responses",
        MirroredDirections.EitherOfThem => "either",
        _ => throw new ArgumentOutOfRangeException(nameof(directions), directions, null),
    };
}
