using System.CommandLine;
using WireDns.Wire.Net;

namespace WireDns.Commands;

/// <summary>What is read as DNS.</summary>
internal sealed class DecodingOptions
{
    private readonly Option<ushort[]> _ports = new("--port", "-p")
    {
        Description = "A UDP and TCP port that carries DNS. May be given several times.",
        HelpName = "PORT",
        DefaultValueFactory = _ => [53],
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => command.Add(_ports);

    /// <summary>The ports, each once.</summary>
    public IReadOnlyList<ushort> Ports(ParseResult arguments) => [.. (arguments.GetValue(_ports) ?? [53]).Distinct()];

    /// <summary>What the packet decoder is told.</summary>
    public PacketDecoderOptions ToDecoderOptions(ParseResult arguments) => new() { Ports = [.. Ports(arguments)] };
}
