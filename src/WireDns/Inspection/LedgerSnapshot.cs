using WireDns.Detection.Counters;

namespace WireDns.Inspection;

/// <summary>The ledger's counters at one moment.</summary>
internal sealed record LedgerSnapshot
{
    /// <summary>Packets that held DNS.</summary>
    public required long Dns { get; init; }

    /// <summary>Packets that wait for others.</summary>
    public required long Held { get; init; }

    /// <summary>Every reason with its count.</summary>
    public required IReadOnlyDictionary<(string Counter, string Reason), long> Reasons { get; init; }

    /// <summary>Reads the counters.</summary>
    public static LedgerSnapshot Of(Ledger ledger) => new()
    {
        Dns = ledger.DnsPackets,
        Held = ledger.Decoder.Held,
        Reasons = ledger.Reasons().ToDictionary(entry => (entry.Counter, entry.Reason), entry => entry.Count),
    };
}
