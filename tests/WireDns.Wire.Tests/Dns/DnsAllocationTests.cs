using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsAllocationTests
{
    private const int Rounds = 200;

    [Fact]
    public void Reading_and_writing_messages_allocates_nothing()
    {
        var messages = DnsRecordDataTests.Samples.Select(sample =>
        {
            var type = DnsRecordDataTests.TypeOf(sample.Type);
            return DnsBytes.WithAnswer((ushort)type, (ushort)DnsClass.IN, Hex(sample.Hex));
        }).Append(DnsBytes.WithQuestion(Hex("0377777707 6578616d706c65 03636f6d 00")))
            .Append(DnsBytes.WithQuestion(Hex("037700ff07 6578616d706c65 03636f6d 00")))
            .Append(Hex("0001 8180 0001 0002 0000 0000 0377777704 74657374 00 0001 0001"
                + "c00c 0001 0001 00000000 0004 01020304 0161 c010 001c 0001 00000000 0010 20010db8000000000000000000000001"))
            .Append(Hex("0001 0000 0001 0000 0000 0000 c00c 0001 0001"))
            .Append(DnsBytes.WithAnswer((ushort)DnsRecordType.OPT, (ushort)DnsClass.IN, Hex("0008 0007 0001 18 00 c00002 000f 0002 0006")))
            .ToArray();
        var text = new byte[4096];
        var sum = 0;
        Use(messages, text, ref sum);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                Use(messages, text, ref sum);
            }
        }));
        Assert.NotEqual(0, sum);
    }

    private static void Use(byte[][] messages, byte[] text, ref int sum)
    {
        foreach (var message in messages)
        {
            var reader = new DnsMessageReader(message);
            while (reader.TryReadQuestion(out var question))
            {
                sum += question.Name.WriteText(text) + (int)question.Name.HashIgnoreCase(1);
                sum += DnsMnemonics.Write(question.Type, text) + DnsMnemonics.Write(question.Class, text);
            }

            while (reader.TryReadRecord(out var record))
            {
                sum += record.Name.WriteText(text) + (int)record.Name.HashIgnoreCase(1);
                foreach (var name in record.DataNames)
                {
                    sum += name.WriteWire(text) + (name.EqualsIgnoreCase(record.Name) ? 1 : 0);
                }

                sum += DnsRecordData.TryWriteText(record, text, out var length) ? length : 0;
                if (DnsEdns.TryRead(record, out var edns))
                {
                    foreach (var option in edns.Options)
                    {
                        sum += option.WriteName(text) + (option.TryWriteText(text, out length) ? length : 0);
                    }
                }
            }

            sum += reader.Finish().TrailingBytes + (DnsMessageStart.IsPlausible(message, message.Length) ? 1 : 0);
        }
    }
}
