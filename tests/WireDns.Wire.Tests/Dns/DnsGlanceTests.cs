using System.Text;
using WireDns.TestTraffic;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>A glance writes the text of a name of any length, and nothing but that.</summary>
public sealed class DnsGlanceTests
{
    private const string Name = "www.example";

    [Fact]
    public void A_name_of_any_length_is_written_with_small_letters()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            var octets = random.Next(1, 253);
            while (text.Length < octets)
            {
                var label = Math.Min(octets - text.Length, random.Next(1, 64));
                text.Append(string.Concat(Enumerable.Range(0, label).Select(_ => "aZz09-_~!@[`{|}/"[random.Next(16)]))).Append('.');
            }

            var name = text.ToString().TrimEnd('.');
            var message = DnsBytes.Query(name, 1);
            Assert.True(DnsGlance.TryRead(message, 1, out var glance), name);
            Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
            buffer.Fill(0xff);
            var isWritten = glance.TryWriteFoldedName(message, buffer, 32, out var length);
            Assert.True(isWritten || name.Split('.').Any(label => label.Length == '.'), name);
            if (isWritten)
            {
                Assert.Equal(name.ToLowerInvariant(), Encoding.ASCII.GetString(buffer.Slice(32, length)));
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x20)]
    [InlineData(0x2e)]
    [InlineData(0x5c)]
    [InlineData(0x7f)]
    [InlineData(0xff)]
    public void A_name_with_an_octet_that_text_escapes_is_not_written(byte octet)
    {
        foreach (var name in (string[])["x", "a.xb", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax.b"])
        {
            var message = DnsBytes.Query(name, 1);
            message[message.AsSpan(12).IndexOf((byte)'x') + 12] = octet;
            Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
            Assert.False(DnsGlance.TryRead(message, 1, out var glance) && glance.TryWriteFoldedName(message, buffer, 32, out _), name);
        }
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(0, 4)]
    [InlineData(0, 2)]
    [InlineData(4, 8)]
    [InlineData(4, 200)]
    public void A_name_whose_labels_do_not_end_where_the_name_ends_is_not_written(int place, byte label)
    {
        var message = DnsBytes.Query("abc.example", 1);
        message[12 + place] = label;
        Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
        Assert.True(DnsGlance.TryRead(message, 1, out var glance));
        Assert.False(glance.TryWriteFoldedName(message, buffer, 32, out _));
    }

    [Fact]
    public void Answers_that_are_addresses_of_the_name_are_told_from_others()
    {
        Assert.True(HasOnlyAddresses());
        Assert.True(HasOnlyAddresses(Ipv4));
        Assert.True(HasOnlyAddresses(Ipv4, Ipv6, Ipv4));
        Assert.False(HasOnlyAddresses(Owned(16, [3, 1, 2, 3])));
        Assert.False(HasOnlyAddresses(Ipv4, Owned(5, DnsBytes.Name("www.example"))));
        Assert.False(HasOnlyAddresses(Owned(5, DnsBytes.Name("www.example")), Ipv4));
        Assert.False(HasOnlyAddresses(Ipv4, Owned(1, [192, 0, 2])));
        Assert.False(HasOnlyAddresses(Owned(28, [192, 0, 2, 1])));
        Assert.False(HasOnlyAddresses(Owned(41, [])));
        Assert.False(HasOnlyAddresses(DnsBytes.Address("other.example", "192.0.2.1")));

        Assert.True(DnsGlance.HasOnlyAddresses(DnsBytes.Response(Name, type: 28, answers: Ipv6)));
        Assert.False(DnsGlance.HasOnlyAddresses(DnsBytes.Response(Name, type: 16)));
        Assert.False(DnsGlance.HasOnlyAddresses(DnsBytes.Response(Name, type: 255, answers: Ipv4)));

        static bool HasOnlyAddresses(params byte[][] answers) => DnsGlance.HasOnlyAddresses(DnsBytes.Response(Name, answers: answers));
    }

    [Fact]
    public void Answers_that_are_cut_are_no_addresses()
    {
        var message = DnsBytes.Response(Name, answers: [Ipv4, Ipv6]);
        Assert.True(DnsGlance.HasOnlyAddresses(message));
        for (var length = 12 + Name.Length + 2 + 4; length < message.Length; length++)
        {
            Assert.False(DnsGlance.HasOnlyAddresses(message.AsSpan(0, length).ToArray()), $"{length} octets");
        }
    }

    private static byte[] Ipv4 => Owned(1, [192, 0, 2, 1]);

    private static byte[] Ipv6 => Owned(28, [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    /// <summary>A record of the question's name, by a pointer to it.</summary>
    private static byte[] Owned(ushort type, byte[] data) => [0xc0, 12, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
}
