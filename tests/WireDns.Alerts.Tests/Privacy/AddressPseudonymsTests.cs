using System.Net;
using WireDns.Alerts.Privacy;

namespace WireDns.Alerts.Tests.Privacy;

/// <summary>Pseudonyms, against the vectors that were published for Crypto-PAn.</summary>
public sealed class AddressPseudonymsTests
{
    // The key and the IPv4 addresses are those of the sample that came with the authors' implementation; the IPv6 ones are of yacryptopan, under the same key.
    private static readonly byte[] Key =
    [
        21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2,
    ];

    [Theory]
    [InlineData("128.11.68.132", "135.242.180.132")]
    [InlineData("129.118.74.4", "134.136.186.123")]
    [InlineData("130.132.252.244", "133.68.164.234")]
    [InlineData("141.223.7.43", "141.167.8.160")]
    [InlineData("141.233.145.108", "141.129.237.235")]
    [InlineData("152.163.225.39", "151.140.114.167")]
    [InlineData("156.29.3.236", "147.225.12.42")]
    [InlineData("165.247.96.84", "162.9.99.234")]
    [InlineData("166.107.77.190", "160.132.178.185")]
    [InlineData("192.102.249.13", "252.138.62.131")]
    [InlineData("192.215.32.125", "252.43.47.189")]
    [InlineData("192.233.80.103", "252.25.108.8")]
    [InlineData("192.41.57.43", "252.222.221.184")]
    [InlineData("193.150.244.223", "253.169.52.216")]
    [InlineData("195.205.63.100", "255.186.223.5")]
    [InlineData("198.200.171.101", "249.199.68.213")]
    [InlineData("::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed")]
    [InlineData("::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef")]
    [InlineData("::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838")]
    [InlineData("2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e")]
    [InlineData("2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c")]
    public void An_address_has_the_pseudonym_that_was_published(string address, string pseudonym)
    {
        using var pseudonyms = new AddressPseudonyms(Key);

        Assert.Equal(pseudonym, Of(pseudonyms, address));
    }

    [Fact]
    public void Addresses_with_a_common_prefix_have_pseudonyms_with_a_common_prefix_of_the_same_length()
    {
        using var pseudonyms = new AddressPseudonyms(Key);
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var first = new byte[round % 2 == 0 ? 4 : 16];
            random.NextBytes(first);
            var second = (byte[])first.Clone();
            var bit = random.Next(first.Length * 8);
            second[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            pseudonyms.Replace(first);
            pseudonyms.Replace(second);

            Assert.Equal(bit, Common(first, second));
        }
    }

    private static string Of(AddressPseudonyms pseudonyms, string address)
    {
        var octets = IPAddress.Parse(address).GetAddressBytes();
        pseudonyms.Replace(octets);
        return new IPAddress(octets).ToString();
    }

    private static int Common(byte[] first, byte[] second)
    {
        var bit = 0;
        while (bit < first.Length * 8 && ((first[bit / 8] ^ second[bit / 8]) & (0x80 >> (bit % 8))) == 0)
        {
            bit++;
        }

        return bit;
    }
}
