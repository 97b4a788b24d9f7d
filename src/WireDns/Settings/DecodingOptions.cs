using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using WireDns.Detection.Health;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>What is read as DNS, what is known as encrypted DNS, and within which bounds.</summary>
internal sealed class DecodingOptions
{
    private static readonly Dictionary<string, UdpTunnelKind> TunnelKinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["vxlan"] = UdpTunnelKind.Vxlan,
        ["vxlan-gpe"] = UdpTunnelKind.VxlanGpe,
        ["geneve"] = UdpTunnelKind.Geneve,
        ["gtp-u"] = UdpTunnelKind.GtpU,
        ["gtp-v0"] = UdpTunnelKind.GtpVersion0,
        ["l2tp"] = UdpTunnelKind.L2tp,
        ["teredo"] = UdpTunnelKind.Teredo,
        ["gre"] = UdpTunnelKind.Gre,
        ["mpls"] = UdpTunnelKind.Mpls,
        ["lisp"] = UdpTunnelKind.Lisp,
        ["capwap"] = UdpTunnelKind.Capwap,
        ["lwapp"] = UdpTunnelKind.Lwapp,
        ["tzsp"] = UdpTunnelKind.Tzsp,
        ["jmirror"] = UdpTunnelKind.JuniperMirror,
        ["erm"] = UdpTunnelKind.RemoteMirror,
        ["bcm-li"] = UdpTunnelKind.BroadcomIntercept,
    };

    private readonly Option<ushort[]> _ports = new("--port", "-p")
    {
        Description = "A UDP and TCP port that carries DNS. May be given several times.",
        HelpName = "PORT",
        DefaultValueFactory = _ => [53],
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _encryptedDnsResolvers = new("--encrypted-dns-resolvers")
    {
        Description = "Addresses of resolvers whose port 443 is counted as DNS over HTTPS, one a line, in place of the list that is built in.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _anyPort = new("--any-port")
    {
        Description = "Find DNS on any port: UDP datagrams and TCP segments that are whole messages with one question, in either direction.",
    };

    private readonly Option<string[]> _tunnelPorts = new("--tunnel-port")
    {
        Description = "A further UDP port on which a tunnel is read: " + string.Join(", ", TunnelKinds.Keys) + ". May be given several times.",
        HelpName = "KIND=PORT",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly BoundOptions _bounds = new();

    public DecodingOptions() => NumberRange.Require(_ports, 1, ushort.MaxValue);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => command.Add(_ports);

    /// <summary>Adds the options that few need to a command: to be called last, so that its help starts with the others.</summary>
    public void AddBoundsTo(Command command)
    {
        command.Add(_anyPort);
        command.Add(_tunnelPorts);
        command.Add(_encryptedDnsResolvers);
        _bounds.AddTo(command);
    }

    /// <summary>The ports, each once.</summary>
    public IReadOnlyList<ushort> Ports(ParseResult arguments) => [.. (arguments.GetValue(_ports) ?? [53]).Distinct()];

    /// <summary>What the packet decoder is told.</summary>
    /// <exception cref="CommandFailure">The list of resolvers cannot be read, or holds something else than addresses.</exception>
    public PacketDecoderOptions ToDecoderOptions(ParseResult arguments) => _bounds.Apply(
        new PacketDecoderOptions
        {
            Ports = [.. Ports(arguments)],
            AnyPort = arguments.GetValue(_anyPort) ? DnsMessageStart.IsMessage : null,
            TunnelPorts = [.. UdpTunnelPort.Defaults, .. (arguments.GetValue(_tunnelPorts) ?? []).Select(ReadTunnelPort)],
            EncryptedDnsResolvers = arguments.GetValue(_encryptedDnsResolvers) is { } path
                ? ReadResolvers(path)
                : EncryptedDnsResolverList.ReadShipped(),
        },
        arguments);

    private static UdpTunnelPort ReadTunnelPort(string text)
    {
        var place = text.IndexOf('=', StringComparison.Ordinal);
        if (place < 0 || !TunnelKinds.TryGetValue(text[..place], out var kind))
        {
            throw new CommandFailure(ExitStatus.Usage, $"--tunnel-port {Printable.Text(text)}: expected KIND=PORT, and as KIND one of {string.Join(", ", TunnelKinds.Keys)}");
        }

        return ushort.TryParse(text.AsSpan(place + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new UdpTunnelPort(port, kind)
            : throw new CommandFailure(ExitStatus.Usage, $"--tunnel-port {Printable.Text(text)}: the port is not from 1 to 65535");
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
            throw new CommandFailure(ExitStatus.Usage, exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{path}: no such file",
                UnauthorizedAccessException => $"{path}: permission denied, or a folder",
                _ => $"{path}: {exception.Message}",
            });
        }
    }
}
