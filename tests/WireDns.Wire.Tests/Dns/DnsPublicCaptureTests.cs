using System.Globalization;
using System.Text.Json;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Public captures against an independent decode of them, as far as they are plain UDP over Ethernet.</summary>
public sealed class DnsPublicCaptureTests
{
    // As many as there are beside the checkout today: fewer would mean that captures are skipped.
    private const int LeastCaptures = 16;
    private const int LeastMessages = 1300;

    [Fact]
    public void Questions_and_answers_are_those_of_an_independent_decode()
    {
        var failures = new List<string>();
        var (captures, messages, answers) = (0, 0, 0);
        foreach (var path in Directory.EnumerateFiles(TestPaths.Shared("captures/captures")))
        {
            if (UdpPayloadFile.TryRead(path) is not { Count: > 0 } payloads)
            {
                continue;
            }

            captures++;
            var byFrame = payloads.ToDictionary(payload => payload.Frame, payload => DecodedMessage.From(payload.Data, payload.IsCut));
            foreach (var line in File.ReadLines(TestPaths.Shared($"captures/expected/{Path.GetFileName(path)}.jsonl")))
            {
                using var document = JsonDocument.Parse(line);
                var expected = document.RootElement;
                if (expected.GetProperty("kind").GetString() != "dns" || expected.GetProperty("malformed").GetBoolean()
                    || expected.TryGetProperty("cut", out _) || IsLoop(expected))
                {
                    continue;
                }

                messages++;
                var failure = byFrame.TryGetValue(expected.GetProperty("frame").GetInt32(), out var message)
                    ? Compare(expected, message, ref answers)
                    : "no payload";
                if (failure.Length > 0)
                {
                    failures.Add($"{Path.GetFileName(path)} frame {expected.GetProperty("frame")}: {failure}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(30)));
        Assert.True(captures >= LeastCaptures && messages >= LeastMessages, $"{captures} captures, {messages} messages, {answers} answers");
    }

    private static string Compare(JsonElement expected, DecodedMessage message, ref int answers)
    {
        if (expected.GetProperty("id").GetInt32() != message.Header.Id
            || expected.GetProperty("flags").GetString() != "0x" + message.Header.Flags.ToString("x4", CultureInfo.InvariantCulture)
            || expected.GetProperty("opcode").GetInt32() != (int)message.Header.Opcode
            || expected.GetProperty("rcode").GetInt32() != (int)message.Header.ResponseCode)
        {
            return "header";
        }

        if (message.Verdict.IsMalformed)
        {
            return message.Verdict.ToString();
        }

        var questions = expected.GetProperty("questions").EnumerateArray().Select(question => new DecodedQuestion(
            question.GetProperty("name").GetString()!,
            (DnsRecordType)question.GetProperty("type").GetInt32(),
            (DnsClass)question.GetProperty("class").GetInt32()));
        if (!questions.SequenceEqual(message.Questions))
        {
            return $"questions {string.Join(' ', message.Questions)}";
        }

        var got = message.Records.Where(record => record.Section == DnsSection.Answer).ToList();
        var wanted = expected.GetProperty("answers").EnumerateArray().ToList();
        if (wanted.Count != got.Count)
        {
            return $"{got.Count} answers, {wanted.Count} expected";
        }

        for (var i = 0; i < got.Count; i++)
        {
            if (!IsSame(wanted[i], got[i]))
            {
                return $"answer {got[i]} expected {wanted[i]}";
            }

            answers++;
        }

        return "";
    }

    private static bool IsSame(JsonElement expected, DecodedRecord record)
    {
        if (expected.GetProperty("type").GetInt32() != (int)record.Type
            || expected.GetProperty("ttl").GetInt64() != record.TimeToLive
            || (record.Type != DnsRecordType.OPT && expected.GetProperty("class").GetInt32() != (int)record.Class)
            || (!record.Name.Contains('\\') && NameOf(expected.GetProperty("name").GetString()!) != record.Name))
        {
            return false;
        }

        // The other decoder's own text is exact for addresses and, without escapes, for names.
        return record.Type is not (DnsRecordType.A or DnsRecordType.AAAA or DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR or DnsRecordType.DNAME)
            || record.Data.Contains('\\') || expected.GetProperty("data").GetString() is not { } data || NameOf(data) == record.Data;
    }

    // The other decoder accepts a name that is a loop, and says so instead of showing a name.
    private static bool IsLoop(JsonElement expected) => expected.GetProperty("questions").EnumerateArray()
        .Any(question => question.GetProperty("name").GetString() == "<Name contains a pointer that loops>");

    private static string NameOf(string text) => text is "<Root>" or "" ? "." : text;
}
