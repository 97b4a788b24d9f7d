using System.Text.Json;

namespace WireDns.Output;

/// <summary>The ledger as a JSON object: <c>{"ledger": {…}}</c>, the counters as integers, and the reasons behind them.</summary>
internal static class LedgerJson
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, Ledger ledger)
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
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
