using System.Globalization;
using System.Net;
using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>The answers of the public captures: owner, type, class, TTL and data, as another decoder (tshark) prints them.</summary>
public sealed class RecordDataTests
{
    private const int Txt = 16;

    public static TheoryData<string> Captures => SharedCapture.Names;

    [Theory]
    [MemberData(nameof(Captures))]
    public void Says_of_each_answer_what_another_decoder_says(string name)
    {
        var faults = Compare(SharedCapture.Named(name)).Faults;

        // None differs; one that should differ is named here, with its reason.
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults.Take(12).Prepend($"{faults.Count} differ")));
    }

    [Fact]
    public void Thousands_of_answers_are_compared()
    {
        var compared = SharedCapture.All().Sum(capture => Compare(capture).Compared);

        Assert.True(compared > 9500, compared.ToString(CultureInfo.InvariantCulture));
    }

    private static (List<string> Faults, int Compared) Compare(SharedCapture capture)
    {
        var faults = new List<string>();
        var compared = 0;
        foreach (var (expected, ours) in OracleComparison.Of(capture, DecodeRun.Of(capture.Path)).Pairs)
        {
            // If either stops at a fault, the records before it are compared.
            var isWhole = !expected.GetProperty("malformed").GetBoolean() && !expected.TryGetProperty("cut", out _)
                && !ours.TryGetProperty("malformed", out _) && !ours.TryGetProperty("truncated", out _);
            var theirs = expected.GetProperty("answers").EnumerateArray().ToList();
            var answers = ours.GetProperty("answers").EnumerateArray().ToList();
            var frame = ours.GetProperty("frame");
            if (isWhole && theirs.Count != answers.Count)
            {
                faults.Add($"frame {frame}: {theirs.Count} answers, ours {answers.Count}");
            }

            foreach (var (their, our) in theirs.Zip(answers))
            {
                compared += their.GetProperty("data").ValueKind == JsonValueKind.String ? 1 : 0;
                if (!IsSame(their, our))
                {
                    faults.Add($"frame {frame}: {their} ours {our}");
                }
            }
        }

        return (faults, compared);
    }

    private static bool IsSame(JsonElement expected, JsonElement ours)
    {
        var type = expected.GetProperty("type").GetInt32();
        var isOption = type == 41;
        return type == MessageKey.TypeNumber(ours.GetProperty("type"))
            && WireName.Loose(expected.GetProperty("name").GetString()!) == WireName.Loose(ours.GetProperty("name").GetString()!)
            && (isOption || expected.GetProperty("ttl").GetInt64() == ours.GetProperty("ttl").GetInt64())
            && (expected.GetProperty("data").GetString() is not { } data
                || IsSameData(type, data, expected, ours.GetProperty("data").GetString()!));
    }

    private static bool IsSameData(int type, string data, JsonElement expected, string ours) => type switch
    {
        // An address has more than one text; strings are compared as bytes.
        1 or 28 => IPAddress.Parse(data).Equals(IPAddress.Parse(ours)),
        Txt => CharacterStrings.Read(ours)
            .SequenceEqual(expected.GetProperty("txt_hex").EnumerateArray().Select(text => text.GetString()!)),
        _ => data.Split(' ').Select(WireName.Loose).SequenceEqual(ours.Split(' ').Select(WireName.Loose)),
    };
}
