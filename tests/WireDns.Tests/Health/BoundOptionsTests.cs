using System.CommandLine;
using WireDns.Commands;
using WireDns.Settings;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Tests.Health;

/// <summary>Each bound of decoding is an option with the decoder's own default, and refuses what the decoder would not take.</summary>
public sealed class BoundOptionsTests
{
    // Records compare their arrays of ports by reference: all come from this one.
    private static readonly PacketDecoderOptions Defaults = new();

    [Fact]
    public void Without_an_option_the_decoder_has_its_own_defaults()
    {
        var bounds = new BoundOptions();

        Assert.Equal(Defaults, bounds.Apply(Defaults, Parse(bounds)));
    }

    [Fact]
    public void Each_option_sets_its_bound()
    {
        var bounds = new BoundOptions();
        var arguments = Parse(
            bounds, "--fragment-datagrams", "2", "--fragment-memory", "1", "--fragment-timeout", "30", "--tcp-connections", "1", "--tcp-memory", "2047",
            "--tcp-timeout", "60", "--tcp-gap", "4096", "--encrypted-dns-clients", "1", "--max-tunnels", "32", "--max-vlan-tags", "64");

        Assert.Empty(arguments.Errors);
        var options = Defaults with
        {
            MaximumFragmentedDatagrams = 2,
            FragmentMemoryInBytes = 1 << 20,
            FragmentTimeout = TimeSpan.FromSeconds(30),
            MaximumTcpConnections = 1,
            TcpMemoryInBytes = 2047 << 20,
            TcpIdleTimeout = TimeSpan.FromSeconds(60),
            MaximumTcpGapInBytes = 4096,
            MaximumEncryptedDnsClients = 1,
            MaximumTunnels = 32,
            MaximumVlanTags = 64,
        };
        Assert.Equal(options, bounds.Apply(Defaults, arguments));
        Assert.NotNull(new PacketDecoder(options, (_, _) => false));
    }

    [Theory]
    [InlineData("--fragment-datagrams", "1", "2 to 1,048,576")]
    [InlineData("--fragment-datagrams", "1048577", "2 to 1,048,576")]
    [InlineData("--fragment-memory", "0", "1 to 2,047")]
    [InlineData("--fragment-memory", "2048", "1 to 2,047")]
    [InlineData("--fragment-timeout", "0", "1 to 3,600")]
    [InlineData("--fragment-timeout", "3601", "1 to 3,600")]
    [InlineData("--tcp-connections", "0", "1 to 1,048,576")]
    [InlineData("--tcp-connections", "-5", "1 to 1,048,576")]
    [InlineData("--tcp-memory", "0", "1 to 2,047")]
    [InlineData("--tcp-memory", "2048", "1 to 2,047")]
    [InlineData("--tcp-timeout", "0", "1 to 86,400")]
    [InlineData("--tcp-gap", "0", "1 to 192,000")]
    [InlineData("--tcp-gap", "192001", "1 to 192,000")]
    [InlineData("--encrypted-dns-clients", "0", "1 to 1,048,576")]
    [InlineData("--max-tunnels", "33", "1 to 32")]
    [InlineData("--max-vlan-tags", "65", "1 to 64")]
    public void A_value_out_of_its_range_is_refused_with_the_range(string option, string value, string range)
    {
        var error = Assert.Single(Parse(new BoundOptions(), option, value).Errors);

        Assert.Equal($"{option} takes {range}, not '{value}'.", error.Message);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("live")]
    [InlineData("decode")]
    public void Every_command_that_decodes_has_them(string name)
    {
        var command = CommandLine.Create().Subcommands.Single(command => command.Name == name);
        var options = command.Options.Select(option => option.Name).ToList();

        Assert.Superset(new HashSet<string> { "--encrypted-dns-resolvers", "--tcp-memory", "--fragment-memory", "--max-tunnels" }, options.ToHashSet());
    }

    private static ParseResult Parse(BoundOptions bounds, params string[] arguments)
    {
        var command = new RootCommand();
        bounds.AddTo(command);
        return command.Parse(arguments);
    }
}
