using System.Text;
using CsCheck;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsNameTests
{
    // Names start after a header, as in a message.
    private const int Start = DnsHeader.LengthInBytes;

    private const string UsualOctets = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_";

    private static readonly Gen<byte[][]> AnyLabels =
        Gen.Byte.Array[1, 63].Array[0, 127].Select(labels => Shorten(labels));

    private static readonly Gen<byte[][]> UsualLabels = Gen.Int[0, UsualOctets.Length - 1].Select(index => (byte)UsualOctets[index])
        .Array[1, 20].Array[0, 12].Select(labels => Shorten(labels));

    [Theory]
    [InlineData("00", ".", 1, 0, Label = "the root")]
    [InlineData("03636f6d 00", "com", 5, 1, Label = "one label")]
    [InlineData("0161 0162 00", "a.b", 5, 2, Label = "two labels")]
    [InlineData("0361426300", "aBc", 5, 1, Label = "case is kept")]
    [InlineData("06 2e 5c 20 00 7f ff 00", "\\.\\\\\\032\\000\\127\\255", 8, 1, Label = "a dot, a backslash, a space, NUL, DEL, a high octet")]
    [InlineData("06 22 3b 40 24 28 29 00", "\";@$()", 8, 1, Label = "quote, semicolon, at, dollar, parentheses are themselves")]
    [InlineData("012e00", "\\.", 3, 1, Label = "a label that is a dot")]
    [InlineData("045c30363500", "\\\\065", 6, 1, Label = "digits after a backslash")]
    public void Reads_a_name_and_writes_its_text(string hex, string text, int wireLength, int labelCount)
    {
        var message = Message(Hex(hex));
        Assert.True(DnsName.TryRead(message, Start, out var name, out var next, out _));
        Assert.Equal(message.Length, next);
        Assert.Equal(text, name.ToString());
        Assert.Equal(wireLength, name.WireLength);
        Assert.Equal(labelCount, name.LabelCount);
        Assert.Equal(labelCount == 0, name.IsRoot);
    }

    [Theory]
    [InlineData("c00c", 0, DnsError.PointerChain, 12, Label = "a pointer to itself")]
    [InlineData("0161c00c", 0, DnsError.PointerChain, 14, "a", Label = "a label and a pointer to it")]
    [InlineData("0161c00c 0162c00e", 4, DnsError.PointerChain, 14, "b.a", Label = "a pointer after a pointer to its own label")]
    [InlineData("03 016100 c00d", 0, DnsError.PointerChain, 16, "\\001a\\000", Label = "a pointer into the middle of its own label")]
    [InlineData("0161c00e", 0, DnsError.PointerChain, 14, "a", Label = "a label and a pointer to that pointer")]
    [InlineData("ffff", 0, DnsError.PointerOutside, 12, Label = "a pointer beyond the end")]
    [InlineData("c00e", 0, DnsError.PointerOutside, 12, Label = "a pointer to the end")]
    [InlineData("c00e c00c", 2, DnsError.PointerChain, 14, Label = "two pointers at each other")]
    [InlineData("c00e80", 0, DnsError.LabelType, 14, Label = "a pointer forward to a label type")]
    [InlineData("0162 c010 0161", 0, DnsError.NameCut, 18, "b.a", Label = "a pointer forward to a name without its root")]
    [InlineData("c000", 0, DnsError.PointerIntoHeader, 12, Label = "a pointer into the header")]
    [InlineData("c00b", 0, DnsError.PointerIntoHeader, 12, Label = "a pointer to the header's last octet")]
    [InlineData("c0", 0, DnsError.NameCut, 12, Label = "half a pointer")]
    [InlineData("0161c0", 0, DnsError.NameCut, 14, "a", Label = "half a pointer after a label")]
    [InlineData("40", 0, DnsError.LabelType, 12, Label = "label type 01")]
    [InlineData("80", 0, DnsError.LabelType, 12, Label = "label type 10")]
    [InlineData("0161bf", 0, DnsError.LabelType, 14, "a", Label = "label type 10 after a label")]
    [InlineData("", 0, DnsError.NameCut, 12, Label = "nothing")]
    [InlineData("0161", 0, DnsError.NameCut, 14, "a", Label = "no root")]
    [InlineData("056162", 0, DnsError.NameCut, 15, Label = "a label past the end")]
    public void Refuses_a_broken_name_and_says_where(string hex, int offset, DnsError error, int errorOffset, string before = ".")
    {
        var message = Message(Hex(hex));
        Assert.Equal(error, Read(message, Start + offset, out var name, out var next));
        Assert.Equal(before, name.ToString());
        Assert.Equal(before == "." ? 0 : before.Split('.').Length, name.LabelCount);
        Assert.Equal(errorOffset, next);
    }

    [Theory]
    [InlineData("0161 00 c00c", 3, "a", 2, Label = "a pointer to a name")]
    [InlineData("0161 00 0162 c00c", 3, "b.a", 4, Label = "a label and a pointer")]
    [InlineData("00 c00c", 1, ".", 2, Label = "a pointer to the root")]
    [InlineData("00 0161 c00c", 1, "a", 4, Label = "a label and a pointer to the root")]
    [InlineData("03 01 61 00 00 c00d", 5, "a", 2, Label = "a pointer into the middle of a label")]
    [InlineData("0161 00 c00c c00f", 5, "a", 2, Label = "a pointer to a pointer")]
    [InlineData("0161 00 0162 c00c 0163 c00f", 7, "c.b.a", 4, Label = "two pointers in one name")]
    public void Follows_pointers_backwards(string hex, int offset, string text, int length)
    {
        var message = Message(Hex(hex));
        Assert.True(DnsName.TryRead(message, Start + offset, out var name, out var next, out _));
        Assert.Equal(text, name.ToString());
        Assert.Equal(Start + offset + length, next);
    }

    [Theory]
    [InlineData("c00e00", 0, ".", 14, Label = "a pointer forward to the root")]
    [InlineData("c00e 0161 00", 0, "a", 14, Label = "a pointer forward to labels")]
    [InlineData("0161 c010 0162 00", 0, "a.b", 16, Label = "a label and a pointer forward")]
    [InlineData("c00e c010 c012 0161 00", 0, "a", 14, Label = "a chain of pointers forward")]
    [InlineData("0161 00 c011 c00c", 3, "a", 17, Label = "forward, and back to the labels before it")]
    [InlineData("c00f 03 03414243 00", 0, "ABC", 14, Label = "a pointer into the middle of a label")]
    public void Follows_a_pointer_forward_and_notes_it(string hex, int offset, string text, int end)
    {
        var message = Message(Hex(hex));
        Assert.Equal(DnsError.PointerForward, Read(message, Start + offset, out var name, out var next));
        Assert.Equal(text, name.ToString());
        Assert.Equal(end, next);
        Assert.Equal(text, DnsName.TryRead(message, Start + offset, out var again, out _, out _) ? again.ToString() : null);
        Assert.True(name.EqualsIgnoreCase(in again));
    }

    [Fact]
    public void A_loop_with_labels_ends_at_255_octets()
    {
        // Forward and back again, a label each way.
        Assert.Equal(DnsError.NameTooLong, Read(Message(Hex("0161 c010 0162 c00c")), Start, out var name, out _));
        Assert.Equal(string.Join('.', Enumerable.Repeat("a.b", 63)) + ".a", name.ToString());
    }

    [Fact]
    public void Any_graph_of_pointers_ends_and_reads_as_the_naive_walk_reads_it()
    {
        var random = new Random(26);
        var forward = 0;
        for (var round = 0; round < 20_000; round++)
        {
            // Labels, roots and pointers anywhere, so that chains go forward, backward, into labels and in circles.
            var message = new byte[random.Next(14, 90)];
            for (var place = Start; place < message.Length;)
            {
                switch (random.Next(4))
                {
                    case 0:
                        message[place++] = 0;
                        break;
                    case 1 when place + 1 < message.Length:
                        message[place++] = 0xc0;
                        message[place++] = (byte)random.Next(message.Length + 2);
                        break;
                    default:
                        message[place++] = (byte)random.Next(4);
                        break;
                }
            }

            for (var offset = Start; offset < message.Length; offset++)
            {
                var expected = NaiveName.Expand(message, offset);
                var error = Read(message, offset, out var name, out _);
                Assert.Equal(expected is not null, error.IsReadable());
                if (expected is not null)
                {
                    Assert.Equal(NaiveName.TextOf(expected), name.ToString());
                    forward += error == DnsError.PointerForward ? 1 : 0;
                }
            }
        }

        Assert.True(forward > 10_000, $"{forward} names with a pointer forward");
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(257, false)]
    [InlineData(320, false)]
    public void Takes_names_of_up_to_255_octets(int wireLength, bool isTaken)
    {
        var wire = NaiveName.WireOf(LabelsOfWireLength(wireLength));
        Assert.Equal(wireLength, wire.Length);
        var error = Read(Message(wire), Start, out var name, out _);
        Assert.Equal(isTaken ? DnsError.None : DnsError.NameTooLong, error);
        Assert.Equal(isTaken, wireLength == name.WireLength);
    }

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void Counts_octets_after_expansion(int targetLength, bool isTaken)
    {
        byte[] wire = [.. NaiveName.WireOf(LabelsOfWireLength(targetLength)), 1, (byte)'x', 0xc0, Start];
        var error = Read(Message(wire), Start + targetLength, out _, out _);
        Assert.Equal(isTaken ? DnsError.None : DnsError.NameTooLong, error);
    }

    [Theory]
    [InlineData(128, DnsError.None)]
    [InlineData(129, DnsError.PointerChain)]
    public void Follows_as_many_pointers_as_a_name_could_have_labels(int pointers, DnsError error)
    {
        var wire = new List<byte> { 0 };
        for (var i = 0; i < pointers; i++)
        {
            var target = i == 0 ? Start : Start + 1 + ((i - 1) * 2);
            wire.AddRange([(byte)(0xc0 | (target >> 8)), (byte)target]);
        }

        var message = Message([.. wire]);
        Assert.Equal(error, Read(message, message.Length - 2, out _, out _));
    }

    [Fact]
    public void Agrees_with_the_naive_name_on_any_octets() => AnyLabels.Sample(AssertSame, seed: "0000KOIPe803", iter: 2000);

    [Fact]
    public void Agrees_with_the_naive_name_on_usual_names_of_every_length() => UsualLabels.Sample(AssertSame, seed: "0000KOIPe803", iter: 5000);

    [Fact]
    public void Writes_every_octet_at_every_place_as_the_naive_name_does()
    {
        // Every way through the vectors: lengths around 8, 16, 32 and 64, each octet once at each position.
        foreach (var length in (int[])[1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 62, 63])
        {
            for (var place = 0; place < length; place++)
            {
                for (var octet = 0; octet < 256; octet++)
                {
                    var label = Enumerable.Repeat((byte)'x', length).ToArray();
                    label[place] = (byte)octet;
                    AssertText([label]);
                }
            }
        }
    }

    [Fact]
    public void Writes_names_of_every_length_and_label_length()
    {
        for (var labelLength = 1; labelLength <= 63; labelLength++)
        {
            for (var count = 1; count * (labelLength + 1) < 255; count++)
            {
                AssertText([.. Enumerable.Repeat(Encoding.ASCII.GetBytes(new string('0', labelLength)), count)]);
            }
        }
    }

    [Fact]
    public void Writes_the_longest_text()
    {
        var labels = LabelsOfWireLength(255).Select(label => label.Select(_ => (byte)0xff).ToArray()).ToArray();
        DnsName.TryRead(Message(NaiveName.WireOf(labels)), Start, out var name, out _, out _);
        Assert.Equal(DnsName.MaximumTextLength, name.ToString().Length);
    }

    [Fact]
    public void Refuses_a_destination_that_a_name_may_not_fit()
    {
        Assert.Throws<ArgumentException>(() => default(DnsName).WriteText(new byte[DnsName.MaximumTextLength - 1]));
        DnsName.TryRead(Message([3, (byte)'c', (byte)'o', (byte)'m', 0]), Start, out var name, out _, out _);
        Assert.False(name.TryWriteText(new byte[2], out _));
        Assert.True(name.TryWriteText(new byte[3], out var length));
        Assert.Equal(3, length);
    }

    [Fact]
    public void The_default_name_is_the_root()
    {
        DnsName name = default;
        Assert.True(name.IsRoot);
        Assert.Equal(".", name.ToString());
        Assert.True(name.TryGetWire(out var wire));
        Assert.Equal([0], wire.ToArray());
        DnsName.TryRead(Message([0]), Start, out var root, out _, out _);
        Assert.True(name.EqualsIgnoreCase(root));
        Assert.Equal(name.HashIgnoreCase(1), root.HashIgnoreCase(1));
    }

    [Fact]
    public void Equality_and_hash_ignore_the_case_of_ascii_letters_and_nothing_else()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            for (var other = 0; other < 256; other++)
            {
                var isSame = NaiveName.Fold([(byte)octet])[0] == NaiveName.Fold([(byte)other])[0];
                foreach (var length in (int[])[1, 7, 8, 20])
                {
                    var left = Message([(byte)length, .. Enumerable.Repeat((byte)octet, length), 0]);
                    var right = Message([(byte)length, .. Enumerable.Repeat((byte)other, length), 0]);
                    DnsName.TryRead(left, Start, out var leftName, out _, out _);
                    DnsName.TryRead(right, Start, out var rightName, out _, out _);
                    Assert.Equal(isSame, leftName.EqualsIgnoreCase(rightName));
                    Assert.Equal(isSame, leftName.HashIgnoreCase(7) == rightName.HashIgnoreCase(7));
                }
            }
        }
    }

    [Fact]
    public void The_hash_without_aes_ignores_case_and_nothing_else()
    {
        var hashes = new HashSet<ulong>();
        for (var length = 1; length < 60; length++)
        {
            byte[] lower = [(byte)length, .. Enumerable.Repeat((byte)'k', length)];
            byte[] upper = [(byte)length, .. Enumerable.Repeat((byte)'K', length)];
            byte[] other = [(byte)length, .. Enumerable.Repeat((byte)'k', length - 1), (byte)'j'];
            Assert.Equal(DnsNameFolding.HashByProducts(lower, 7), DnsNameFolding.HashByProducts(upper, 7));
            hashes.UnionWith([DnsNameFolding.HashByProducts(lower, 7), DnsNameFolding.HashByProducts(other, 7), DnsNameFolding.HashByProducts(lower, 8)]);
        }

        Assert.Equal(3 * 59, hashes.Count);
    }

    [Fact]
    public void A_compressed_name_equals_its_expanded_form()
    {
        var message = Message(Hex("0361414100 0162 c00c 0142 0361616100"));
        DnsName.TryRead(message, Start + 5, out var compressed, out _, out _);
        DnsName.TryRead(message, Start + 9, out var expanded, out _, out _);
        Assert.False(compressed.TryGetWire(out _));
        Assert.True(expanded.TryGetWire(out _));
        Assert.Equal("b.aAA", compressed.ToString());
        Assert.True(compressed.EqualsIgnoreCase(expanded));
        Assert.True(expanded.EqualsIgnoreCase(compressed));
        Assert.Equal(expanded.HashIgnoreCase(3), compressed.HashIgnoreCase(3));
        Assert.NotEqual(expanded.HashIgnoreCase(3), expanded.HashIgnoreCase(4));
    }

    [Fact]
    public void Labels_that_join_to_the_same_octets_differ()
    {
        DnsName.TryRead(Message(Hex("0161 0162 00")), Start, out var two, out _, out _);
        DnsName.TryRead(Message(Hex("03610162 00")), Start, out var one, out _, out _);
        Assert.False(two.EqualsIgnoreCase(one));
        Assert.NotEqual(two.HashIgnoreCase(0), one.HashIgnoreCase(0));
    }

    [Fact]
    public void A_pointer_to_a_whole_name_is_that_name_without_a_copy()
    {
        var message = Message(Hex("0161 00 c00c"));
        DnsName.TryRead(message, Start + 3, out var name, out _, out _);
        Assert.True(name.TryGetWire(out var wire));
        Assert.Equal("016100", Convert.ToHexString(wire));
    }

    private static void AssertSame(byte[][] labels)
    {
        // Twice: as it is, and compressed at each label against it.
        AssertText(labels);
        var wire = NaiveName.WireOf(labels);
        var message = Message(wire);
        Assert.True(DnsName.TryRead(message, Start, out var name, out var next, out _));
        Assert.Equal(message.Length, next);
        for (int kept = 0, length = 0; kept < labels.Length; length += labels[kept].Length + 1, kept++)
        {
            byte[] compressed = [.. message, .. wire.AsSpan(0, length), 0xc0, (byte)(Start + length)];
            if (Start + length > 255)
            {
                continue;
            }

            Assert.True(DnsName.TryRead(compressed, message.Length, out var second, out next, out _));
            Assert.Equal(compressed.Length, next);
            Assert.Equal(NaiveName.TextOf(labels), second.ToString());
            Assert.Equal(name.WireLength, second.WireLength);
            Assert.Equal(name.LabelCount, second.LabelCount);
            Assert.True(name.EqualsIgnoreCase(second));
            Assert.Equal(name.HashIgnoreCase(9), second.HashIgnoreCase(9));
            var written = new byte[DnsName.MaximumWireLength];
            Assert.Equal(wire, written[..second.WriteWire(written)]);
        }
    }

    private static void AssertText(byte[][] labels)
    {
        // Canaries after the text: nothing may be written past the longest.
        var message = Message(NaiveName.WireOf(labels));
        Assert.True(DnsName.TryRead(message, Start, out var name, out _, out _));
        Span<byte> text = stackalloc byte[DnsName.MaximumTextLength];
        var length = name.WriteText(text);
        var expected = NaiveName.TextOf(labels);
        Assert.True(text[..length].SequenceEqual(Encoding.ASCII.GetBytes(expected)), $"{expected} got {Encoding.ASCII.GetString(text[..length])}");
        var i = 0;
        foreach (var label in name)
        {
            Assert.True(label.SequenceEqual(labels[i++]));
        }

        Assert.Equal(labels.Length, i);
    }

    private static DnsError Read(byte[] message, int offset, out DnsName name, out int next)
    {
        Assert.Equal(DnsName.TryRead(message, offset, out name, out next, out var error), error.IsReadable());
        return error;
    }

    private static byte[] Message(byte[] wire) => [.. new byte[Start], .. wire];

    private static byte[][] LabelsOfWireLength(int wireLength)
    {
        var labels = new List<byte[]>();
        for (var left = wireLength - 1; left > 0;)
        {
            // A remainder of one octet would be a label without octets.
            var length = Math.Min(63, left - 1);
            length -= left - 1 - length == 1 ? 1 : 0;
            labels.Add([.. Enumerable.Repeat((byte)'z', length)]);
            left -= length + 1;
        }

        return [.. labels];
    }

    private static byte[][] Shorten(byte[][] labels)
    {
        var length = 1;
        return [.. labels.TakeWhile(label => (length += label.Length + 1) <= DnsName.MaximumWireLength)];
    }
}
