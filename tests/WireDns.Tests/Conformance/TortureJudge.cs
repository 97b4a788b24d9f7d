using System.Globalization;
using System.Net;
using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>Compares what a decoder printed with what a torture capture is expected to hold, by the rules of captures/torture/README.md.</summary>
internal sealed class TortureJudge
{
    private static readonly (string Name, string Property)[] Sections =
        [("answer", "answers"), ("authority", "authorities"), ("additional", "additionals")];

    private readonly JsonElement _expectation;
    private readonly DecodeRun _run;
    private JsonElement _alternative;

    private TortureJudge(JsonElement expectation, DecodeRun run)
    {
        _expectation = expectation;
        _run = run;
    }

    /// <summary>What is wrong; nothing if the expectation, or one of its alternatives, is met.</summary>
    public static IReadOnlyList<string> Judge(JsonElement expectation, DecodeRun run)
    {
        var judge = new TortureJudge(expectation, run);
        var alternatives = expectation.TryGetProperty("alternatives", out var list) ? list.EnumerateArray().ToList() : [];
        var faults = new List<string>();
        foreach (var alternative in alternatives.Prepend(JsonDocument.Parse("{}").RootElement))
        {
            judge._alternative = alternative;
            var found = judge.Faults().ToList();
            if (found.Count == 0)
            {
                return [];
            }

            faults.AddRange(found);
        }

        return faults;
    }

    private IEnumerable<string> Faults()
    {
        var wanted = Find("messages")!.Value.EnumerateArray().ToList();
        if (Align(wanted) is not { } got)
        {
            yield return $"want {string.Join(" | ", wanted.Select(Key))} got {string.Join(" | ", _run.Messages.Select(Key))}";
        }
        else
        {
            foreach (var fault in wanted.Zip(got).SelectMany((pair, index) => Compare(index, pair.First, pair.Second)))
            {
                yield return fault;
            }
        }

        var isError = Find("file_error") is { ValueKind: JsonValueKind.True };
        if (isError != _run.Error is not null)
        {
            yield return isError ? "a damaged file, and no error" : $"an error: {_run.Error}";
        }

        foreach (var counter in (string[])["malformed", "undecodable", "incomplete"])
        {
            var least = Number(counter + "_min") ?? 0;
            var most = Number(counter + "_max") ?? long.MaxValue;
            if (_run[counter] < least || _run[counter] > most)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{counter}: want {least} to {most} got {_run[counter]}");
            }
        }
    }

    // The messages that stand for the wanted ones, in order: all, or without the optional ones, or without all that are not wanted.
    private List<JsonElement>? Align(List<JsonElement> wanted)
    {
        var keys = wanted.ConvertAll(Key);
        var optional = Find("may_also") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(Key).ToList() : [];
        var candidates = new List<List<JsonElement>>
        {
            _run.Messages.ToList(),
            _run.Messages.Where(message => !optional.Remove(Key(message))).ToList(),
        };
        if (Find("may_also_any") is { ValueKind: JsonValueKind.True })
        {
            candidates.Add(_run.Messages.Where(message => keys.Contains(Key(message))).ToList());
        }

        return candidates.Find(candidate => candidate.Select(Key).SequenceEqual(keys));
    }

    private static IEnumerable<string> Compare(int index, JsonElement wanted, JsonElement got)
    {
        if (Given(wanted, "frame") is { } frame && got.GetProperty("frame").GetInt64() != frame.GetInt64())
        {
            yield return $"message {index}: want frame {frame} got {got.GetProperty("frame")}";
        }

        if (Given(wanted, "ts") is { } time && got.GetProperty("ts").GetString() != time.GetString())
        {
            yield return $"message {index}: want ts {time} got {got.GetProperty("ts")}";
        }

        if (Given(wanted, "malformed") is { } malformed && malformed.GetBoolean() != got.TryGetProperty("malformed", out _))
        {
            yield return $"message {index}: want malformed {malformed}";
        }

        // OPT may be shown as edns.
        var records = Given(wanted, "rrs") is { } list ? list.EnumerateArray().ToList() : [];
        foreach (var record in records.Where(record => TypeOf(record) != 41 && !HasRecord(got, record)))
        {
            yield return $"message {index}: no record {record}";
        }
    }

    private static bool HasRecord(JsonElement message, JsonElement wanted)
    {
        var property = Sections.First(section => section.Name == wanted.GetProperty("section").GetString()).Property;
        var name = wanted.GetProperty("name").GetString();
        return message.GetProperty(property).EnumerateArray().Any(record => record.GetProperty("name").GetString() == name
            && TypeOf(record) == TypeOf(wanted)
            && (Given(wanted, "data") is not { } data || HasToken(record.GetProperty("data").GetString()!, data.GetString()!)));
    }

    private static bool HasToken(string data, string wanted)
    {
        var isAddress = IPAddress.TryParse(wanted, out var address);
        return data.Split(' ').Any(token => isAddress ? IPAddress.TryParse(token, out var ours) && ours.Equals(address) : token == wanted);
    }

    private static string Key(JsonElement message) => string.Join(
        ' ',
        message.GetProperty("questions").EnumerateArray().Select(question => $"{question.GetProperty("name")}/{TypeOf(question)}")
            .Prepend(MessageKey.Of(message).Ends));

    private static int TypeOf(JsonElement record) => MessageKey.TypeNumber(record.GetProperty("type"));

    private static JsonElement? Given(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement? Find(string key) =>
        _alternative.TryGetProperty(key, out var value) || _expectation.TryGetProperty(key, out value) ? value : null;

    private long? Number(string key) => Find(key) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
}
