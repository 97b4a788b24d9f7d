using System.Net;
using System.Text;
using WireDns.Wire.Net;

namespace WireDns.Wire.Tests;

public sealed class NetAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", Label = "zero")]
    [InlineData("192.0.2.255", Label = "IPv4")]
    [InlineData("::", Label = "unspecified")]
    [InlineData("::1", Label = "loopback")]
    [InlineData("2001:db8::", Label = "a run at the end")]
    [InlineData("2001:db8:0:1:1:1:1:1", Label = "one zero group stays")]
    [InlineData("2001:0:0:1:0:0:1:1", "2001::1:0:0:1:1", Label = "the first of two equal runs")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1", Label = "the longer run")]
    [InlineData("::ffff:192.0.2.1", Label = "mapped")]
    [InlineData("2001:db8:1:2:3:4:5:6", Label = "no run")]
    public void Writes_the_canonical_text_of(string text, string? expected = null)
    {
        var address = NetAddress.From(IPAddress.Parse(text));

        Assert.Equal(expected ?? text, address.ToString());
    }

    [Fact]
    public void Agrees_with_the_base_library_on_random_addresses()
    {
        var random = new Random(5952);
        var bytes = new byte[16];
        for (var count = 0; count < 20_000; count++)
        {
            random.NextBytes(bytes);
            for (var index = 0; index < 16; index += 2)
            {
                if (random.Next(2) == 0)
                {
                    bytes[index] = bytes[index + 1] = 0;
                }
            }

            // The base library writes IPv4-compatible and ISATAP addresses in mixed notation too, which RFC 5952 leaves open.
            bytes[0] = 0x20;
            var isIsatap = bytes[10] == 0x5e && bytes[11] == 0xfe;
            if (!isIsatap)
            {
                Assert.Equal(new IPAddress(bytes).ToString(), NetAddress.FromIpv6(bytes).ToString());
            }

            Assert.Equal(new IPAddress(bytes.AsSpan(0, 4)).ToString(), NetAddress.FromIpv4(bytes).ToString());
        }
    }

    [Fact]
    public void Writes_the_longest_text_into_a_buffer_of_the_stated_length()
    {
        var address = NetAddress.From(IPAddress.Parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
        var buffer = new byte[NetAddress.MaximumTextLength];

        Assert.True(address.TryFormat(buffer, out var length));
        Assert.Equal("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Encoding.ASCII.GetString(buffer, 0, length));
        Assert.False(address.TryFormat(buffer.AsSpan(1), out _));
    }
}
