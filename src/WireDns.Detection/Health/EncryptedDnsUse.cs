using System.Globalization;
using WireDns.Detection.Counters;
using WireDns.Wire.EncryptedDns;

namespace WireDns.Detection.Health;

/// <summary>Who uses encrypted DNS, and how much: the clients with the most packets first. A view of one moment, for a report.</summary>
public sealed class EncryptedDnsUse
{
    // A handshake or two say nothing.
    private const int LeastPackets = 20;

    private EncryptedDnsUse(IReadOnlyList<Client> clients, int furtherClients, long furtherPackets, long unattributedPackets)
    {
        Clients = clients;
        FurtherClients = furtherClients;
        FurtherPackets = furtherPackets;
        UnattributedPackets = unattributedPackets;
    }

    /// <summary>The clients with the most packets, at most as many as requested.</summary>
    public IReadOnlyList<Client> Clients { get; }

    /// <summary>Clients beyond those.</summary>
    public int FurtherClients { get; }

    /// <summary>Packets of <see cref="FurtherClients"/>.</summary>
    public long FurtherPackets { get; }

    /// <summary>Packets of clients for which the decoder had no room.</summary>
    public long UnattributedPackets { get; }

    /// <summary>All packets of encrypted DNS.</summary>
    public long Packets => Clients.Sum(client => client.Packets) + FurtherPackets + UnattributedPackets;

    /// <summary>What was counted.</summary>
    /// <param name="counters">The counters of a run.</param>
    /// <param name="maximumClients">How many clients are listed, at least 0.</param>
    public static EncryptedDnsUse Of(RunCounters counters, int maximumClients)
    {
        ArgumentNullException.ThrowIfNull(counters);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumClients);
        var clients = counters.EncryptedDns
            .GroupBy(traffic => traffic.Client)
            .Select(group => new Client(group.Key.ToString(), [.. group.OrderByDescending(traffic => traffic.Packets).ThenBy(traffic => traffic.Kind)]))
            .OrderByDescending(client => client.Packets)
            .ThenBy(client => client.Address, StringComparer.Ordinal)
            .ToList();
        return new EncryptedDnsUse(
            [.. clients.Take(maximumClients)],
            Math.Max(0, clients.Count - maximumClients),
            clients.Skip(maximumClients).Sum(client => client.Packets),
            counters["encrypted_dns_unattributed_packets"]);
    }

    /// <summary>What this says of the rules' sight: a finding where more packets are of encrypted DNS than of readable one.</summary>
    /// <param name="readable">Packets of readable DNS within the same time.</param>
    public HealthFinding? Finding(long readable) => Packets < LeastPackets || Packets <= readable ? null : new("encrypted_dns", string.Create(
        CultureInfo.InvariantCulture,
        $"more than half of the DNS packets are encrypted, those of {Clients.Count + FurtherClients:N0} clients: rules do not see these lookups"));

    /// <summary>The name of a kind: DoT, DoQ, DoH, DoH3.</summary>
    public static string NameOf(EncryptedDnsKind kind) => kind switch
    {
        EncryptedDnsKind.DnsOverTls => "DoT",
        EncryptedDnsKind.DnsOverQuic => "DoQ",
        EncryptedDnsKind.DnsOverHttps => "DoH",
        EncryptedDnsKind.DnsOverHttp3 => "DoH3",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>One client.</summary>
    /// <param name="Address">Its address.</param>
    /// <param name="Kinds">What it uses, the most used first.</param>
    public sealed record Client(string Address, IReadOnlyList<EncryptedTraffic> Kinds)
    {
        /// <summary>Its packets of all kinds, in both directions.</summary>
        public long Packets => Kinds.Sum(traffic => traffic.Packets);

        /// <summary>What it uses in words: <c>DoT 1,200 in 3 connections, DoH 40</c>.</summary>
        public string Describe() => string.Join(", ", Kinds.Select(traffic => string.Create(
            CultureInfo.InvariantCulture,
            $"{NameOf(traffic.Kind)} {traffic.Packets:N0}{(traffic.Connections == 0 ? "" : $" in {traffic.Connections:N0} {(traffic.Connections == 1 ? "connection" : "connections")}")}")));
    }
}
