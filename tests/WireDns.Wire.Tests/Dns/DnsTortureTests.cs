using System.Text;
using System.Text.Json;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>The torture captures about messages, as far as they are plain UDP; the others need reassembly.</summary>
public sealed class DnsTortureTests
{
    private static readonly string[] Categories = ["names", "header", "evasion"];

    // As many as the categories hold today: fewer would mean that cases are skipped.
    private const int LeastCases = 164;

    [Fact]
    public void Every_message_comes_out_as_its_torture_case_expects()
    {
        var folder = Path.Combine(TestPaths.Captures, "torture");
        folder = Directory.Exists(folder) ? folder : TestPaths.Shared("torture");
        var failures = new List<string>();
        var cases = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "index.tsv")).Skip(1))
        {
            var columns = line.Split('\t');
            if (!Categories.Contains(columns[1]))
            {
                continue;
            }

            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, columns[0] + ".expect.json")));
            var expected = document.RootElement;
            if (UdpPayloadFile.TryRead(Path.Combine(folder, expected.GetProperty("file").GetString()!)) is { } payloads)
            {
                cases++;
                failures.AddRange(Compare(expected, payloads).Select(failure => $"{columns[0]}: {failure}"));
            }
        }

        Assert.True(cases >= LeastCases, $"only {cases} cases were read");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static IEnumerable<string> Compare(JsonElement expected, List<UdpPayloadFile.Payload> payloads)
    {
        var delivered = new List<DecodedMessage>();
        var malformed = 0;
        foreach (var payload in payloads)
        {
            var message = DecodedMessage.From(payload.Data, payload.IsCut);
            malformed += message.Verdict.IsMalformed ? 1 : 0;
            if (message.Verdict.IsDelivered)
            {
                delivered.Add(message with { Frame = payload.Frame });
            }
        }

        var wanted = expected.GetProperty("messages").EnumerateArray().ToList();
        foreach (var optional in expected.TryGetProperty("may_also", out var more) ? more.EnumerateArray() : default)
        {
            if (delivered.Find(message => IsSame(optional, message)) is { } found)
            {
                delivered.Remove(found);
            }
        }

        if (expected.TryGetProperty("may_also_any", out var any) && any.ValueKind == JsonValueKind.True)
        {
            delivered = [.. delivered.Where(message => wanted.Exists(want => IsSame(want, message)))];
        }

        if (wanted.Count != delivered.Count)
        {
            yield return $"{wanted.Count} messages expected, {delivered.Count} delivered";
            yield break;
        }

        foreach (var (want, got) in wanted.Zip(delivered))
        {
            if (!IsSame(want, got))
            {
                yield return $"frame {got.Frame}: want {want} got {string.Join(' ', got.Questions)}";
            }

            var isMalformed = want.GetProperty("malformed");
            if (isMalformed.ValueKind != JsonValueKind.Null && isMalformed.GetBoolean() != got.Verdict.IsMalformed)
            {
                yield return $"frame {got.Frame}: malformed {isMalformed} expected, {got.Verdict}";
            }

            foreach (var record in want.TryGetProperty("rrs", out var records) ? records.EnumerateArray() : default)
            {
                if (!got.Records.Any(candidate => IsSame(record, candidate)))
                {
                    yield return $"frame {got.Frame}: no record {record} in {string.Join(' ', got.Records)}";
                }
            }
        }

        if (malformed < expected.GetProperty("malformed_min").GetInt32()
            || (expected.GetProperty("malformed_max").ValueKind == JsonValueKind.Number
                && malformed > expected.GetProperty("malformed_max").GetInt32()))
        {
            yield return $"{malformed} malformed";
        }
    }

    private static bool IsSame(JsonElement want, DecodedMessage got) =>
        want.GetProperty("id").GetInt32() == got.Header.Id
        && want.GetProperty("qr").GetInt32() == (got.Header.IsResponse ? 1 : 0)
        && want.GetProperty("opcode").GetInt32() == (int)got.Header.Opcode
        && want.GetProperty("questions").EnumerateArray().Select(question =>
            (question.GetProperty("name").GetString()!, question.GetProperty("type").GetInt32(), question.GetProperty("class").GetInt32()))
            .SequenceEqual(got.Questions.Select(question => (question.Name, (int)question.Type, (int)question.Class)));

    private static bool IsSame(JsonElement want, DecodedRecord got) =>
        string.Equals(want.GetProperty("section").GetString(), got.Section.ToString(), StringComparison.OrdinalIgnoreCase)
        && want.GetProperty("name").GetString() == got.Name
        && want.GetProperty("type").GetInt32() == (int)got.Type
        && (want.GetProperty("data").GetString() is not { } data || got.Data.Split(' ').Contains(data));
}
