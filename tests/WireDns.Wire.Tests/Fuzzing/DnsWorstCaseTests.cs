using WireDns.Wire.Dns;
using WireDns.Wire.Tests.Dns;

namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>
/// Messages of 64 KiB that a sender shaped to cost as much as possible. What is read and written depends on their length; docs/fuzzing.md
/// has the times.
/// </summary>
[Collection(nameof(Undisturbed))]
public sealed class DnsWorstCaseTests
{
    private readonly byte[] _text = new byte[8 << 20];

    [Fact]
    public void Questions_that_all_point_at_the_longest_name()
    {
        var (message, _) = WithLongestName(plainLabels: true);
        Fill(message, pointer => [.. pointer, 0, 1, 0, 1]);

        var (questions, _, text) = ReadAll(message, counts: 4);

        // Expanded octets are bounded for the whole message.
        Assert.InRange(questions, 4000, DnsMessageReader.MaximumNameOctets / 254);
        Assert.InRange(text, 50L * ushort.MaxValue, 70L * ushort.MaxValue);
    }

    [Fact]
    public void Questions_that_all_point_at_the_longest_chain_of_pointers()
    {
        var (message, _) = WithLongestName(plainLabels: false);
        Fill(message, pointer => [.. pointer, 0, 1, 0, 1]);

        var (questions, _, text) = ReadAll(message, counts: 4);

        // So are pointers.
        Assert.InRange(questions, 500, DnsMessageReader.MaximumPointers / 64);
        Assert.InRange(text, 1L * ushort.MaxValue, 5L * ushort.MaxValue);
    }

    [Fact]
    public void Records_whose_owner_and_data_all_point_at_the_longest_name()
    {
        var (message, _) = WithLongestName(plainLabels: true);
        Fill(message, pointer => [.. pointer, 0, 14, 0, 1, 0, 0, 0, 0, 0, 4, .. pointer, .. pointer]);

        var (_, records, text) = ReadAll(message, counts: 6);

        Assert.InRange(records, 1300, DnsMessageReader.MaximumNameOctets / (3 * 254));
        Assert.InRange(text, 50L * ushort.MaxValue, 70L * ushort.MaxValue);
    }

    [Fact]
    public void Pointers_forward_through_the_longest_chain_end_at_the_bound_of_a_message()
    {
        // 10,000 questions, each a pointer forward to a chain of 127 pointers after them.
        const int Questions = 10_000;
        const int Chain = DnsHeader.LengthInBytes + (Questions * 6);
        var message = new List<byte>(Hex("0001 0100 2710 0000 0000 0000"));
        for (var i = 0; i < Questions; i++)
        {
            message.AddRange([0xc0, 0, 0, 1, 0, 1]);
        }

        // A pointer reaches 16,383 octets: every question points at the next one's, and the last one in reach points at the chain.
        for (var i = 0; i < Questions; i++)
        {
            var target = Math.Min(DnsHeader.LengthInBytes + ((i + 1) * 6), 0x3fff);
            message[DnsHeader.LengthInBytes + (i * 6)] = (byte)(0xc0 | (target >> 8));
            message[DnsHeader.LengthInBytes + (i * 6) + 1] = (byte)target;
        }

        Assert.Equal(Chain, message.Count);
        byte[] octets = [.. message];
        var started = TimeProvider.System.GetTimestamp();
        var verdict = new DnsMessageReader(octets).Finish();
        var elapsed = TimeProvider.System.GetElapsedTime(started);

        Assert.True(verdict.BrokenQuestions < DnsMessageReader.MaximumPointers / DnsName.MaximumPointers + 1, $"{verdict}");
        Assert.True(verdict.Error is DnsError.PointerChain or DnsError.CompressionBound, $"{verdict.Error}");
        Assert.True(elapsed < TimeSpan.FromSeconds(1), $"{elapsed}");
        Assert.False(new DnsMessageReader(octets).TryReadRecord(out _));
    }

    [Theory]
    [InlineData("a bitmap of every type there is", 47)]
    [InlineData("a bitmap of every port there is", 11)]
    [InlineData("a string of octets that are not printable", 16)]
    [InlineData("options without data", 41)]
    [InlineData("address prefixes of zeros", 42)]
    [InlineData("a type without a form", 65_280)]
    public void Data_of_64_KiB_that_makes_the_longest_text(string description, int type)
    {
        byte[] data = type switch
        {
            47 => [0, .. Enumerable.Range(0, 256).SelectMany(window => (byte[])[(byte)window, 32, .. Enumerable.Repeat((byte)0xff, 32)])],
            11 => [1, 2, 3, 4, 6, .. Enumerable.Repeat((byte)0xff, 8192)],
            16 => [.. Enumerable.Range(0, 255).SelectMany(_ => (byte[])[255, .. new byte[255]])],
            41 => [.. Enumerable.Range(0, 16_000).SelectMany(code => (byte[])[(byte)(code >> 8), (byte)code, 0, 0])],
            42 => [.. Enumerable.Range(0, 16_000).SelectMany(_ => (byte[])[0, 2, 0, 0x80])],
            _ => new byte[65_000],
        };
        byte[] message = [.. Hex("0001 8180 0000 0001 0000 0000 00"), (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 0,
            (byte)(data.Length >> 8), (byte)data.Length, .. data];

        var reader = new DnsMessageReader(message);
        Assert.True(reader.TryReadRecord(out var record));
        Assert.True(DnsRecordData.TryWriteText(record, _text, out var length), description);

        Assert.InRange(length, data.Length / 4, data.Length * 80);
        Assert.Equal(type == 65_280, _text.AsSpan().StartsWith("\\#"u8));
    }

    // A message of a header and a first question, whose name has 127 labels: one after the other, or each after a pointer.
    private static (List<byte> Message, int Name) WithLongestName(bool plainLabels)
    {
        const int Labels = 127;
        var message = new List<byte>(Hex("0001 0100 0000 0000 0000 0000"));
        if (plainLabels)
        {
            message.AddRange(Enumerable.Range(0, 3).SelectMany(_ => (byte[])[63, .. new byte[63]]));
            message.AddRange([61, .. new byte[61], 0, 0, 1, 0, 1]);
            return (message, DnsHeader.LengthInBytes);
        }

        // The root of the question's own name, then labels in its type, class and the questions after it, each a pointer further along.
        var last = DnsHeader.LengthInBytes;
        message.AddRange([0, 0, 1, 0, 1]);
        for (var label = 0; label < Labels - 1; label++)
        {
            var start = message.Count;
            message.AddRange([1, (byte)'a', (byte)(0xc0 | (last >> 8)), (byte)last, 0, 1, 0, 1]);
            last = start;
        }

        return (message, last);
    }

    private static void Fill(List<byte> message, Func<byte[], byte[]> item)
    {
        // The last item there has the longest name.
        var name = message[12] == 0 ? message.Count - 8 : DnsHeader.LengthInBytes;
        var next = item([(byte)(0xc0 | (name >> 8)), (byte)name]);
        while (message.Count + next.Length <= ushort.MaxValue)
        {
            message.AddRange(next);
        }
    }

    private (int Questions, int Records, long Text) ReadAll(List<byte> octets, int counts)
    {
        byte[] message = [.. octets];
        message[counts] = message[counts + 1] = 0xff;
        if (counts != 4)
        {
            message[5] = 1;
        }

        var reader = new DnsMessageReader(message);
        long text = 0;
        while (reader.TryReadQuestion(out var question))
        {
            text += question.Name.WriteText(_text);
        }

        while (reader.TryReadRecord(out var record))
        {
            text += record.Name.WriteText(_text);
            Assert.True(DnsRecordData.TryWriteText(record, _text, out var length));
            text += length;
        }

        return (reader.QuestionsRead, reader.RecordsRead, text);
    }
}
