using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Whatever the bytes are, nothing throws, everything ends, and the verdict does not depend on how the message is read.</summary>
public sealed class DnsHostileBytesTests
{
    private const int Mutations = 150_000;

    private readonly byte[] _text = new byte[1 << 20];

    [Fact]
    public void Each_sample_cut_at_every_length_is_read()
    {
        foreach (var message in Samples())
        {
            for (var length = 0; length <= message.Length; length++)
            {
                // A separate copy, so that a read past the end cannot find what was cut.
                byte[] cut = message[..length];
                var verdict = ReadAll(cut);
                Assert.Equal(length < message.Length, verdict.Error != DnsError.None);
            }
        }
    }

    [Fact]
    public void Mutated_samples_are_read()
    {
        var random = new Random(20240503);
        var samples = Samples();
        var broken = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var message = samples[i % samples.Count].ToArray();
            for (var count = random.Next(1, 6); count > 0; count--)
            {
                Mutate(message, random);
            }

            broken += ReadAll(message).IsMalformed ? 1 : 0;
        }

        // Mutations that never or always break a message would test only one side.
        Assert.InRange(broken, Mutations / 10, Mutations * 9 / 10);
    }

    [Fact]
    public void Noise_is_read()
    {
        var random = new Random(20240504);
        for (var i = 0; i < 20_000; i++)
        {
            var message = new byte[random.Next(400)];
            random.NextBytes(message);
            ReadAll(message);
        }
    }

    [Fact]
    public void A_message_of_pointers_to_pointers_takes_a_bounded_time()
    {
        // The longest chain that is allowed, in a TXT record, then as many records as fit that use all of it: two names each.
        var message = new List<byte>(Hex("0001 8180 0000 ffff 0000 0000 00 0010 0001 00000000 0100 00"));
        for (var offset = message.Count - 1; message.Count < 12 + 11 + 0x100 - 1;)
        {
            message.AddRange([(byte)(0xc0 | (offset >> 8)), (byte)offset]);
            offset = message.Count - 2;
        }

        var last = message.Count - 2;
        message.Add(0);
        byte[] pointer = [(byte)(0xc0 | (last >> 8)), (byte)last];
        while (message.Count + 14 <= ushort.MaxValue)
        {
            message.AddRange([.. pointer, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, .. pointer]);
        }

        // Without the bound on chains this reads for minutes.
        var verdict = new DnsMessageReader([.. message]).Finish();
        Assert.Equal(DnsError.CompressionBound, verdict.Error);
    }

    private DnsMessageVerdict ReadAll(byte[] message)
    {
        var reader = new DnsMessageReader(message);
        while (reader.TryReadQuestion(out var question))
        {
            UseName(question.Name);
        }

        while (reader.TryReadRecord(out var record))
        {
            UseName(record.Name);
            foreach (var name in record.DataNames)
            {
                UseName(name);
            }

            Assert.True(DnsRecordData.TryWriteText(record, _text, out var length));
            foreach (var octet in _text.AsSpan(0, length))
            {
                if (octet is < 0x20 or > 0x7e)
                {
                    Assert.Fail($"octet {octet} in the text of {record.Type}");
                }
            }

            if (DnsEdns.TryRead(record, out var edns))
            {
                foreach (var option in edns.Options)
                {
                    Assert.True(option.TryWriteText(_text, out _));
                }
            }
        }

        var verdict = reader.Finish();
        foreach (var name in reader.BrokenNames)
        {
            UseName(name);
        }

        Assert.Equal(verdict, new DnsMessageReader(message).Finish());
        Assert.Equal(verdict.Error, new DnsMessageReader(message, isCut: true).Finish().Error);
        Assert.InRange(verdict.ErrorOffset, 0, message.Length);
        DnsMessageStart.IsPlausible(message, message.Length);
        LookAt(message, verdict);
        return verdict;
    }

    // The quick look agrees with the reader whenever it has an answer; and it has one for each message of the usual shape.
    private static void LookAt(byte[] message, DnsMessageVerdict verdict)
    {
        var reader = new DnsMessageReader(message);
        var isUsual = verdict.Error == DnsError.None && reader.Header.QuestionCount == 1
            && reader.Header.AnswerCount + reader.Header.AuthorityCount + reader.Header.AdditionalCount <= DnsMessageReader.UncountedItems
            && reader.TryReadQuestion(out var question) && !question.Name.IsRoot;
        Assert.Equal(isUsual, DnsSoundMessage.TryRead(message, out var sound));
        if (isUsual)
        {
            reader = new DnsMessageReader(message);
            reader.TryReadQuestion(out question);
            Assert.Equal(question.Name.HashIgnoreCase(5), sound.HashName(5));
            Assert.Equal(reader.Header, sound.Header);
        }

        GlanceAt(message, isUsual, sound);
    }

    // A glance finds each usual message of opcode QUERY, unless a label of its name holds a zero octet, and nothing else.
    private static void GlanceAt(byte[] message, bool isUsual, DnsSoundMessage sound)
    {
        var isSound = DnsGlance.TryRead(message, 5, out var glance) && glance.HasSoundRecords(message) && glance.HasSoundName(message);
        var hasZero = isUsual && message.AsSpan(DnsHeader.LengthInBytes, DnsSoundMessage.MeasureName(message)).Contains((byte)0);
        Assert.Equal(isUsual && sound.Header.Opcode == DnsOpcode.Query && !hasZero, isSound);
        if (isSound)
        {
            Assert.Equal(sound.HashName(5), glance.NameHash);
            Assert.Equal(sound.TypeAndClass, glance.TypeAndClassIn(message));
            Assert.Equal((sound.Header.Id, sound.Header.IsResponse), (glance.Id, glance.IsResponse));
            WriteName(message, glance);
        }
    }

    // The text that a glance writes is that of the name with small letters; it writes none that has an escape.
    private static void WriteName(byte[] message, DnsGlance glance)
    {
        DnsName.TryRead(message, DnsHeader.LengthInBytes, out var name, out _, out _);
        Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
        var text = name.ToString();
        var isWritten = glance.TryWriteFoldedName(message, buffer, 32, out var length);
        Assert.True(isWritten || text.Contains('\\', StringComparison.Ordinal) || text.Split('.').Any(label => label.Length == '.'), text);
        if (isWritten)
        {
            Assert.Equal(text.ToLowerInvariant(), System.Text.Encoding.ASCII.GetString(buffer.Slice(32, length)));
        }
    }

    private void UseName(DnsName name)
    {
        var length = name.WriteText(_text);
        Assert.InRange(length, 1, DnsName.MaximumTextLength);
        Assert.Equal(name.WireLength, name.WriteWire(_text));
        Assert.True(name.EqualsIgnoreCase(name));
        name.HashIgnoreCase(1);
    }

    private static void Mutate(byte[] message, Random random)
    {
        var place = random.Next(message.Length);
        message[place] = random.Next(6) switch
        {
            0 => (byte)random.Next(256),
            1 => (byte)(message[place] ^ (1 << random.Next(8))),
            2 => 0xff,
            3 => 0,
            4 => 0xc0,
            _ => message[random.Next(message.Length)],
        };
    }

    private static List<byte[]> Samples()
    {
        var question = DnsBytes.WithQuestion(Hex("0377777707 6578616d706c65 03636f6d 00"));
        var samples = new List<byte[]> { question };
        foreach (var (type, hex) in DnsRecordDataTests.Samples)
        {
            // A question, an answer with the sample, an authority whose owner and data point backwards.
            var answer = DnsBytes.WithAnswer((ushort)DnsRecordDataTests.TypeOf(type), (ushort)DnsClass.IN, Hex(hex)).AsSpan(DnsHeader.LengthInBytes + 1);
            byte[] message = [.. question, 0xc0, 0x0c, .. answer, .. Hex("c010 0002 0001 00015180 0006 036e7331 c010")];
            message[2] = 0x81;
            message[7] = 1;
            message[9] = 1;
            samples.Add(message);
        }

        return samples;
    }
}
