using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Matching;

/// <summary>Merged ranges give the same answer for every address as the networks one by one.</summary>
public sealed class NetworkSetTests
{
    private static readonly string[] OddTexts =
        ["::ffff:10.0.0.1", "10.0.0", "010.0.0.1", "", "x", "2001:db8::%1", "9.255.255.255", "10.0.4.0", "::", "::1", new string('1', 65)];

    // Few prefixes, so that networks nest, overlap and touch; addresses near them.
    private static readonly Gen<string> Ipv4 = Gen.Select(
        Gen.UInt[0, 0x3ff], Gen.Int[22, 32], (bits, length) => Network(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)(0x0a000000 | bits))), length));

    private static readonly Gen<string> Ipv6 = Gen.Select(
        Gen.UShort, Gen.Int[112, 128], (bits, length) => Network([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(bits >> 8), (byte)bits], length));

    private static readonly Gen<string> AnyNetwork = Gen.OneOf(
        Ipv4, Ipv6, Gen.Const("0.0.0.0/0"), Gen.Const("::/0"), Gen.Const("255.255.255.255/32"), Gen.Const("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));

    private static readonly Gen<string> AnyAddress = Gen.OneOf(
        AnyNetwork.Select(network => network.Split('/')[0]),
        Gen.UInt[0x0a000000, 0x0a000400].Select(bits => new IPAddress(IPAddress.HostToNetworkOrder((int)bits) & 0xffffffffL).ToString()),
        Gen.Int[0, OddTexts.Length - 1].Select(index => OddTexts[index]));

    [Fact]
    public void Contains_what_one_of_its_networks_contains() => Gen.Select(AnyNetwork.Array[0, 12], AnyAddress).Sample(
        (texts, address) =>
        {
            var networks = texts.Select(Parse).ToList();
            var expected = networks.Exists(network => network.Contains(address));
            var set = new NetworkSet(networks);
            Assert.Equal(expected, set.ContainsText(Encoding.ASCII.GetBytes(address)));
            if (address.Length <= 45 && !address.Contains('%', StringComparison.Ordinal) && address.Count(c => c == '.') is 0 or 3
                && !address.StartsWith('0') && IPAddress.TryParse(address, out var parsed))
            {
                Assert.Equal(expected, set.ContainsOctets(parsed.GetAddressBytes()));
            }
        },
        iter: 20_000, seed: "0000a1b2c3d4");

    [Theory]
    [InlineData("bytes that are no ASCII", new byte[] { 0x31, 0xc3, 0xa4 })]
    [InlineData("nothing", new byte[0])]
    public void A_text_that_is_no_address_is_in_no_network(string description, byte[] text) =>
        Assert.False(new NetworkSet([Parse("0.0.0.0/0"), Parse("::/0")]).ContainsText(text), description);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void Octets_of_another_length_are_in_no_network(int length) =>
        Assert.False(new NetworkSet([Parse("0.0.0.0/0"), Parse("::/0")]).ContainsOctets(new byte[length]));

    private static CidrNetwork Parse(string text)
    {
        Assert.True(CidrNetwork.TryParse(text, out var network, out var problem), problem);
        return network;
    }

    private static string Network(byte[] address, int length)
    {
        for (var bit = length; bit < address.Length * 8; bit++)
        {
            address[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(address)}/{length}");
    }
}
