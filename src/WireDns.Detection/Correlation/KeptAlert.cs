using WireDns.Alerts;

namespace WireDns.Detection.Correlation;

/// <summary>What is kept of an alert until its correlation ends (<see cref="CorrelationEnd.Keep"/>), in a form that a later process can read.</summary>
internal static class KeptAlert
{
    private const int MaximumItems = 4096;

    /// <summary>Writes it; null is written too.</summary>
    public static void Write(BinaryWriter writer, Alert? alert)
    {
        writer.Write(alert is not null);
        if (alert is null)
        {
            return;
        }

        var (message, correlation) = (alert.Message, alert.Correlation!);
        WriteTexts(writer,
        [
            alert.Id, alert.Client.Address, alert.Server.Address, alert.Transport, alert.File, alert.Interface, alert.CommunityId, message.Opcode, message.ResponseCode, message.QuestionName,
            message.QuestionType, message.QuestionClass, message.RegisteredDomain, message.Malformed, correlation.Type, correlation.Condition, correlation.Timespan,
        ]);
        WriteNumbers(writer,
        [
            alert.UnixTimeNanoseconds, alert.Client.Port, alert.Server.Port, alert.PacketNumber, alert.RelatedPacketNumber, alert.RoundTripNanoseconds, message.Id,
            message.LengthInOctets, BitConverter.DoubleToInt64Bits(correlation.Value),
        ]);
        foreach (var flag in new[] { alert.IsForwarded, message.IsResponse, message.IsDnssecOk, message.IsTruncated, message.HasOverlap })
        {
            writer.Write(flag);
        }

        WriteTexts(writer, [.. message.HeaderFlags]);
        WriteTexts(writer, [.. alert.Tunnels]);
        WriteNumbers(writer, [.. alert.VlanIds.Select(id => (long?)id)]);
        WriteTexts(writer, [.. correlation.Group.SelectMany(value => new[] { value.Field, value.Value })]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Has it.</param>
    /// <param name="rule">The correlation that it is an alert of.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Alert? Read(BinaryReader reader, AlertRule rule)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        var texts = ReadTexts(reader, 17);
        var numbers = ReadNumbers(reader, 9);
        var flags = new[] { reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean() };
        var message = new AlertMessage
        {
            Id = (int)(numbers[6] ?? 0),
            IsResponse = flags[1],
            Opcode = texts[7] ?? "",
            ResponseCode = texts[8],
            QuestionName = texts[9],
            QuestionType = texts[10],
            QuestionClass = texts[11],
            RegisteredDomain = texts[12],
            Malformed = texts[13],
            LengthInOctets = (int)(numbers[7] ?? 0),
            IsDnssecOk = flags[2],
            IsTruncated = flags[3],
            HasOverlap = flags[4],
            HeaderFlags = Present(ReadTexts(reader, null)),
        };
        return new Alert
        {
            Id = texts[0] ?? "",
            UnixTimeNanoseconds = numbers[0],
            Rule = rule,
            Client = new AlertEndpoint(texts[1] ?? "", (int)(numbers[1] ?? AlertEndpoint.UnknownPort)),
            Server = new AlertEndpoint(texts[2] ?? "", (int)(numbers[2] ?? AlertEndpoint.UnknownPort)),
            Transport = texts[3] ?? "",
            Message = message,
            Reasons = [],
            File = texts[4],
            Interface = texts[5],
            CommunityId = texts[6],
            PacketNumber = numbers[3] ?? 0,
            RelatedPacketNumber = numbers[4],
            RoundTripNanoseconds = numbers[5],
            IsForwarded = flags[0],
            Tunnels = Present(ReadTexts(reader, null)),
            VlanIds = [.. ReadNumbers(reader, null).Select(id => (int)(id ?? 0))],
            Correlation = new AlertCorrelation
            {
                Type = texts[14] ?? "",
                Condition = texts[15] ?? "",
                Timespan = texts[16] ?? "",
                Value = BitConverter.Int64BitsToDouble(numbers[8] ?? 0),
                Group = [.. Present(ReadTexts(reader, null)).Chunk(2).Select(pair => new CorrelatedValue(pair[0], pair[^1]))],
                Events = [],
            },
        };
    }

    private static string[] Present(string?[] texts) => [.. texts.Select(text => text ?? "")];

    private static void WriteTexts(BinaryWriter writer, string?[] texts)
    {
        writer.Write(texts.Length);
        foreach (var text in texts)
        {
            writer.Write(text is not null);
            if (text is not null)
            {
                writer.Write(text);
            }
        }
    }

    private static void WriteNumbers(BinaryWriter writer, long?[] numbers)
    {
        writer.Write(numbers.Length);
        foreach (var number in numbers)
        {
            writer.Write(number.HasValue);
            writer.Write(number ?? 0);
        }
    }

    private static string?[] ReadTexts(BinaryReader reader, int? expected)
    {
        var texts = new string?[ReadCount(reader, expected)];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadBoolean() ? reader.ReadString() : null;
        }

        return texts;
    }

    private static long?[] ReadNumbers(BinaryReader reader, int? expected)
    {
        var numbers = new long?[ReadCount(reader, expected)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (reader.ReadBoolean(), reader.ReadInt64()) is (true, var number) ? number : null;
        }

        return numbers;
    }

    private static int ReadCount(BinaryReader reader, int? expected)
    {
        var count = reader.ReadInt32();
        return count is >= 0 and <= MaximumItems && (expected is null || count == expected) ? count : throw new FormatException("a number of items out of range");
    }
}
