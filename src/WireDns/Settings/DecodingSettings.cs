using System.Collections.Immutable;
using System.Globalization;
using WireDns.Detection.Health;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>What is decoded as DNS, what is recognised as encrypted DNS, and the limits of decoding.</summary>
internal sealed record DecodingSettings
{
    private const int MaximumMebibytes = 2047;
    private const int MaximumEntries = 1 << 20;

    private static readonly string TunnelWords = string.Join(", ", UdpTunnelWords.All.Select(tunnel => tunnel.Word));

    /// <summary>The ports on which DNS is expected.</summary>
    public static Setting Ports { get; } = Setting.Many<ushort>(
        "port", "PORT", "A UDP and TCP port that carries DNS. May be given several times.",
        ReadPort, settings => settings.Decoding.Decoder.Ports.Select(Text),
        (settings, ports) => SetDecoder(settings, decoder => decoder with { Ports = [.. ports.Distinct()] })).Alias("-p");

    /// <summary>Settings that few users need, including the limits. Help shows them last.</summary>
    public static IReadOnlyList<Setting> Rest { get; } =
    [
        Setting.Switch(
            "any-port", "Find DNS on any port: UDP datagrams and TCP segments that are whole messages with one question, in either direction.",
            settings => settings.Decoding.Decoder.AnyPort is not null,
            (settings, isGiven) => SetDecoder(settings, decoder => decoder with { AnyPort = isGiven ? DnsMessageStart.IsMessage : null })),
        Setting.Many<UdpTunnelPort>(
            "tunnel-port", "KIND=PORT", "A further UDP port on which a tunnel is read: " + TunnelWords + ". May be given several times.",
            ReadTunnelPort,
            settings => settings.Decoding.TunnelPorts.Select(port => $"{UdpTunnelWords.All.First(tunnel => tunnel.Kind == port.Kind).Word}={Text(port.Port)}"),
            (settings, ports) => Set(settings, decoding => decoding with { TunnelPorts = ports })).ForExample("vxlan=8472"),
        Setting.Text(
            "encrypted-dns-resolvers", "FILE",
            "Addresses of resolvers whose port 443 is counted as DNS over HTTPS, one a line, in place of the list that is built in.",
            settings => settings.Decoding.EncryptedDnsResolverFile, (settings, file) => Set(settings, decoding => decoding with { EncryptedDnsResolverFile = file })).ForExample("/etc/wiredns/encrypted-dns-resolvers.txt"),
        Bound(
            "fragment-datagrams", "N", "Datagrams in reassembly at once", 2, MaximumEntries,
            decoder => decoder.MaximumFragmentedDatagrams, (decoder, count) => decoder with { MaximumFragmentedDatagrams = count }),
        Bound(
            "fragment-memory", "MIB", "Memory for fragments, in MiB", 1, MaximumMebibytes,
            decoder => decoder.FragmentMemoryInBytes >> 20, (decoder, size) => decoder with { FragmentMemoryInBytes = size << 20 }),
        Bound(
            "fragment-timeout", "SECONDS", "How long the rest of a datagram is waited for, in seconds of capture time", 1, 3600,
            decoder => (int)decoder.FragmentTimeout.TotalSeconds, (decoder, seconds) => decoder with { FragmentTimeout = TimeSpan.FromSeconds(seconds) }),
        Bound(
            "tcp-connections", "N", "TCP connections to DNS ports followed at once", 1, MaximumEntries,
            decoder => decoder.MaximumTcpConnections, (decoder, count) => decoder with { MaximumTcpConnections = count }),
        Bound(
            "tcp-memory", "MIB", "Memory for TCP streams, in MiB", 1, MaximumMebibytes,
            decoder => decoder.TcpMemoryInBytes >> 20, (decoder, size) => decoder with { TcpMemoryInBytes = size << 20 }),
        Bound(
            "tcp-timeout", "SECONDS", "How long an idle TCP connection is remembered, in seconds of capture time", 1, 86_400,
            decoder => (int)decoder.TcpIdleTimeout.TotalSeconds, (decoder, seconds) => decoder with { TcpIdleTimeout = TimeSpan.FromSeconds(seconds) }),
        Bound(
            "tcp-gap", "BYTES", "How far a TCP stream may go on past missing bytes before they are given up, in bytes", 1, 192_000,
            decoder => decoder.MaximumTcpGapInBytes, (decoder, length) => decoder with { MaximumTcpGapInBytes = length }),
        Bound(
            "encrypted-dns-clients", "N", "Clients of encrypted DNS, for each kind of it, that are told apart", 1, MaximumEntries,
            decoder => decoder.MaximumEncryptedDnsClients, (decoder, count) => decoder with { MaximumEncryptedDnsClients = count }),
        Bound(
            "max-tunnels", "N", "Tunnels around a packet, each in the other", 1, 32,
            decoder => decoder.MaximumTunnels, (decoder, count) => decoder with { MaximumTunnels = count }),
        Bound(
            "max-vlan-tags", "N", "VLAN tags of a frame", 1, 64,
            decoder => decoder.MaximumVlanTags, (decoder, count) => decoder with { MaximumVlanTags = count }),
    ];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Ports, .. Rest];

    /// <summary>The decoder's options, except those that the properties below add.</summary>
    public PacketDecoderOptions Decoder { get; init; } = new();

    /// <summary>UDP ports on which tunnels are decoded, in addition to <see cref="UdpTunnelPort.Defaults"/>. Default: none.</summary>
    public IReadOnlyList<UdpTunnelPort> TunnelPorts { get; init; } = [];

    /// <summary>File that lists the resolvers of encrypted DNS. Default: null, the built-in list.</summary>
    public string? EncryptedDnsResolverFile { get; init; }

    /// <summary>The complete options of the decoder. Reads the list of resolvers.</summary>
    /// <exception cref="CommandFailure">The list cannot be read, or contains something other than addresses.</exception>
    public PacketDecoderOptions Load() => Decoder with
    {
        TunnelPorts = [.. UdpTunnelPort.Defaults, .. TunnelPorts],
        EncryptedDnsResolvers = EncryptedDnsResolverFile is { } path ? ReadResolvers(path) : EncryptedDnsResolverList.ReadShipped(),
    };

    private static Setting Bound(
        string name, string unit, string what, int least, int largest, Func<PacketDecoderOptions, int> get, Func<PacketDecoderOptions, int, PacketDecoderOptions> set) =>
        Setting.Number(
            name, unit, what + ": {range}.", least, largest,
            settings => get(settings.Decoding.Decoder), (settings, value) => SetDecoder(settings, decoder => set(decoder, value)));

    private static SensorSettings Set(SensorSettings settings, Func<DecodingSettings, DecodingSettings> set) => settings with { Decoding = set(settings.Decoding) };

    private static SensorSettings SetDecoder(SensorSettings settings, Func<PacketDecoderOptions, PacketDecoderOptions> set) =>
        Set(settings, decoding => decoding with { Decoder = set(decoding.Decoder) });

    private static string Text(ushort port) => port.ToString(CultureInfo.InvariantCulture);

    private static string? ReadPort(string text, out ushort port)
    {
        var fault = Setting.ReadNumber(text, 1, ushort.MaxValue, out var number);
        port = (ushort)number;
        return fault;
    }

    private static string? ReadTunnelPort(string text, out UdpTunnelPort tunnelPort)
    {
        tunnelPort = default;
        var place = text.IndexOf('=', StringComparison.Ordinal);
        var kind = place < 0 ? default : UdpTunnelWords.All.FirstOrDefault(tunnel => tunnel.Word.Equals(text[..place], StringComparison.OrdinalIgnoreCase)).Kind;
        if (kind == UdpTunnelKind.None)
        {
            return $"{text}: expected KIND=PORT, and as KIND one of {TunnelWords}";
        }

        if (!ushort.TryParse(text.AsSpan(place + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return $"{text}: the port is not from 1 to 65535";
        }

        tunnelPort = new UdpTunnelPort(port, kind);
        return null;
    }

    private static ImmutableArray<NetAddress> ReadResolvers(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            if (EncryptedDnsResolverList.TryRead(reader, path, out var addresses, out var faults))
            {
                return addresses;
            }

            foreach (var fault in faults)
            {
                StandardError.Write(fault);
            }

            throw new CommandFailure(ExitStatus.Usage, string.Create(CultureInfo.InvariantCulture,
                $"{path}: {faults.Count} {(faults.Count == 1 ? "line is" : "lines are")} not as a list of resolvers has them"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(path, exception);
        }
    }
}
