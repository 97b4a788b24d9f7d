using System.Globalization;
using System.Text.Json;
using WireDns.Wire.Net;

namespace WireDns.Wire.Tests.Net;

/// <summary>
/// The torture captures of the layers below DNS: each says which messages a correct decoder sees, in which packet, and what it counts.
/// </summary>
public sealed class TortureTests
{
    private static readonly string[] Categories = ["ip", "frag", "tcp", "encap", "link", "time", "evasion"];

    public static TheoryData<string> Captures()
    {
        // A few are pcapng files, which these tests do not read: the tests of whole files cover them.
        var names = TestCaptures.TortureFolder is { } folder
            ? File.ReadLines(Path.Combine(folder, "index.tsv")).Skip(1).Select(line => line.Split('\t'))
                .Where(row => Categories.Contains(row[1]) && File.Exists(Path.Combine(folder, row[0] + ".pcap"))).Select(row => row[0])
            : ["absent"];
        return new TheoryData<string>(names);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Yields_the_messages_that_a_capture_is_said_to_hold(string name)
    {
        var folder = TestCaptures.TortureFolder ?? TestPaths.Shared("torture");
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".expect.json")));
        var expected = document.RootElement;
        var file = File.ReadAllBytes(Path.Combine(folder, expected.GetProperty("file").GetString()!));
        var (payloads, decoder) = Decoding.Run(CaptureReader.Read(file));

        var faults = new List<string>();
        if (Fits(expected, expected, payloads, decoder.Counters, faults))
        {
            return;
        }

        var alternatives = expected.TryGetProperty("alternatives", out var list) ? list.EnumerateArray().ToArray() : [];
        Assert.True(
            alternatives.Any(alternative => Fits(expected, alternative, payloads, decoder.Counters, faults)), string.Join("; ", faults));
    }

    private static bool Fits(
        JsonElement main, JsonElement alternative, List<DecodedPayload> payloads, PacketCounters counters, List<string> faults)
    {
        JsonElement? Find(string key) => alternative.TryGetProperty(key, out var value) ? value
            : main.TryGetProperty(key, out value) ? value : null;

        var wanted = Find("messages")!.Value.EnumerateArray().Select(ExpectedMessage.Read).ToList();
        var optional = Find("may_also")?.EnumerateArray().Select(ExpectedMessage.Read).Select(message => message.Key).ToList() ?? [];
        var mayHoldMore = Find("may_also_any")?.GetBoolean() ?? false;

        // Something without a header is malformed and not a message; that much is known below DNS.
        var got = payloads.Where(payload => payload.Data.Length >= 12).ToList();
        var keys = wanted.Select(message => message.Key).ToHashSet();
        if (mayHoldMore)
        {
            got = got.Where(payload => keys.Contains(ExpectedMessage.KeyOf(payload))).ToList();
        }
        else
        {
            got = got.Where(payload => keys.Contains(ExpectedMessage.KeyOf(payload)) || !optional.Remove(ExpectedMessage.KeyOf(payload))).ToList();
        }

        var before = faults.Count;
        if (!got.Select(ExpectedMessage.KeyOf).SequenceEqual(wanted.Select(message => message.Key)))
        {
            faults.Add($"want {string.Join(" | ", wanted.Select(message => message.Key))} got {string.Join(" | ", got.Select(ExpectedMessage.KeyOf))}");
            return false;
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].Frame is { } frame && frame != got[i].Frame)
            {
                faults.Add($"message {i}: want frame {frame} got {got[i].Frame}");
            }

            if (wanted[i].Time is { } time && time != got[i].Time)
            {
                faults.Add($"message {i}: want time {time} got {got[i].Time}");
            }
        }

        CheckLeast("undecodable_min", counters.Undecodable);
        CheckLeast("incomplete_min", counters.IncompleteMessages);
        return faults.Count == before;

        void CheckLeast(string key, long value)
        {
            var least = Find(key)?.GetInt64() ?? 0;
            if (value < least)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{key}: want {least} got {value}"));
            }
        }
    }
}
