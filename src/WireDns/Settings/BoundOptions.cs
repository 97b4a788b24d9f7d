using System.CommandLine;
using System.Globalization;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>The bounds that decoding keeps, whatever the traffic. What gives way to one of them is counted.</summary>
internal sealed class BoundOptions
{
    private const int BytesPerMebibyte = 1 << 20;
    private const int MaximumMebibytes = 2047;
    private const int MaximumEntries = 1 << 20;

    private static readonly PacketDecoderOptions Defaults = new();

    private readonly Option<int> _tunnels = Bound(
        "--max-tunnels", "N", "Tunnels around a packet, each in the other", 1, 32, Defaults.MaximumTunnels);

    private readonly Option<int> _vlanTags = Bound(
        "--max-vlan-tags", "N", "VLAN tags of a frame", 1, 64, Defaults.MaximumVlanTags);

    private readonly Option<int> _fragmentedDatagrams = Bound(
        "--fragment-datagrams", "N", "Datagrams in reassembly at once", 2, MaximumEntries, Defaults.MaximumFragmentedDatagrams);

    private readonly Option<int> _fragmentMemory = Bound(
        "--fragment-memory", "MIB", "Memory for fragments, in MiB", 1, MaximumMebibytes, Defaults.FragmentMemoryInBytes / BytesPerMebibyte);

    private readonly Option<int> _fragmentTimeout = Bound(
        "--fragment-timeout", "SECONDS", "How long the rest of a datagram is waited for, in seconds of capture time",
        1, 3600, (int)Defaults.FragmentTimeout.TotalSeconds);

    private readonly Option<int> _tcpConnections = Bound(
        "--tcp-connections", "N", "TCP connections to DNS ports followed at once", 1, MaximumEntries, Defaults.MaximumTcpConnections);

    private readonly Option<int> _tcpMemory = Bound(
        "--tcp-memory", "MIB", "Memory for TCP streams, in MiB", 1, MaximumMebibytes, Defaults.TcpMemoryInBytes / BytesPerMebibyte);

    private readonly Option<int> _tcpTimeout = Bound(
        "--tcp-timeout", "SECONDS", "How long an idle TCP connection is remembered, in seconds of capture time",
        1, 86_400, (int)Defaults.TcpIdleTimeout.TotalSeconds);

    private readonly Option<int> _tcpGap = Bound(
        "--tcp-gap", "BYTES", "How far a TCP stream may go on past missing bytes before they are given up, in bytes",
        1, 192_000, Defaults.MaximumTcpGapInBytes);

    private readonly Option<int> _encryptedDnsClients = Bound(
        "--encrypted-dns-clients", "N", "Clients of encrypted DNS, for each kind of it, that are told apart", 1, MaximumEntries, Defaults.MaximumEncryptedDnsClients);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_fragmentedDatagrams);
        command.Add(_fragmentMemory);
        command.Add(_fragmentTimeout);
        command.Add(_tcpConnections);
        command.Add(_tcpMemory);
        command.Add(_tcpTimeout);
        command.Add(_tcpGap);
        command.Add(_encryptedDnsClients);
        command.Add(_tunnels);
        command.Add(_vlanTags);
    }

    /// <summary>The decoder's options with the bounds that were given.</summary>
    public PacketDecoderOptions Apply(PacketDecoderOptions options, ParseResult arguments) => options with
    {
        MaximumTunnels = arguments.GetValue(_tunnels),
        MaximumVlanTags = arguments.GetValue(_vlanTags),
        MaximumFragmentedDatagrams = arguments.GetValue(_fragmentedDatagrams),
        FragmentMemoryInBytes = arguments.GetValue(_fragmentMemory) * BytesPerMebibyte,
        FragmentTimeout = TimeSpan.FromSeconds(arguments.GetValue(_fragmentTimeout)),
        MaximumTcpConnections = arguments.GetValue(_tcpConnections),
        TcpMemoryInBytes = arguments.GetValue(_tcpMemory) * BytesPerMebibyte,
        TcpIdleTimeout = TimeSpan.FromSeconds(arguments.GetValue(_tcpTimeout)),
        MaximumTcpGapInBytes = arguments.GetValue(_tcpGap),
        MaximumEncryptedDnsClients = arguments.GetValue(_encryptedDnsClients),
    };

    private static Option<int> Bound(string name, string unit, string what, int minimum, int maximum, int value)
    {
        var option = new Option<int>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{what}: {minimum:N0} to {maximum:N0}."),
            HelpName = unit,
            DefaultValueFactory = _ => value,
        };
        NumberRange.Require(option, minimum, maximum);
        return option;
    }
}
