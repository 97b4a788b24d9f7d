using System.Globalization;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The captures "flood-names" and "flood-clients": queries and their responses at 10,000 a second that no cache helps. Either each lookup is of another
/// long name under one domain, from 5,000 clients; or each comes from another client, for one of 1,000 such names. Nothing is planted.
/// </summary>
/// <param name="hasSpoofedClients">Whether it is the clients that differ.</param>
internal sealed class FloodCapture(bool hasSpoofedClients) : ICaptureKind
{
    private const int Clients = 5000;
    private const int Names = 1000;
    private const int LabelLength = 48;

    /// <inheritdoc/>
    public string Name => hasSpoofedClients ? "flood-clients" : "flood-names";

    /// <inheritdoc/>
    public CaptureBudget DefaultBudget => new(1_000_000, IsInPackets: true);

    /// <inheritdoc/>
    public int MeanNanosecondsBetweenPackets => 100_000;

    /// <inheritdoc/>
    public long DefaultPlantedCount(CaptureBudget budget) => 0;

    /// <inheritdoc/>
    public void Write(PcapWriter writer, CaptureBudget budget, long plantedCount, Xoshiro256 random, CaptureManifest manifest)
    {
        var lookups = new LookupSource(random.Fork());
        var messages = new DnsMessage(random.Fork(), lookups);
        var names = Enumerable.Range(0, Names).Select(_ => NewName(random)).ToArray();
        var lookup = new Lookup();
        while (budget.HasRoom(writer))
        {
            lookups.Next(lookup, planted: false, ipv6: false);
            lookup.Name = hasSpoofedClients ? names[random.Below(Names)] : NewName(random);
            lookup.Client = new Endpoint(
                Host.Ipv4(0x0A00_0000 | (uint)random.Below(hasSpoofedClients ? 1 << 24 : Clients)), (ushort)random.Between(1024, 65535));
            var frame = writer.Frame;
            var offset = Frame.UdpPayloadOffset(ipv6: false);
            writer.Commit(Frame.WriteUdp(frame, lookup.Client, lookup.Resolver, DnsMessage.WriteQuery(frame[offset..], lookup), random.NextUInt16()));
            manifest.CountQuery(Delivery.Udp, planted: false);
            frame = writer.Frame;
            writer.Commit(Frame.WriteUdp(frame, lookup.Resolver, lookup.Client, messages.WriteResponse(frame[offset..], lookup), random.NextUInt16()));
            manifest.CountResponse(Delivery.Udp);
        }
    }

    private static byte[] NewName(Xoshiro256 random) => NamePopulation.WireForm($"{Label(random)}.{Label(random)}.victim.com");

    private static string Label(Xoshiro256 random) => string.Concat(
        Enumerable.Range(0, LabelLength / 16).Select(_ => random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture)));
}
