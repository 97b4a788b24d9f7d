using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>
/// Our messages of a capture against the other decoder's, as multisets. If the other decoder is unsure (malformed, cut, after a gap) or quotes an
/// ICMP error, the message is optional.
/// </summary>
internal sealed class OracleComparison
{
    private OracleComparison(
        IReadOnlyList<JsonElement> missing,
        IReadOnlyList<JsonElement> extra,
        IReadOnlyList<(JsonElement Expected, JsonElement Ours)> pairs)
    {
        Missing = missing;
        Extra = extra;
        Pairs = pairs;
    }

    /// <summary>Expected messages that we do not have.</summary>
    public IReadOnlyList<JsonElement> Missing { get; }

    /// <summary>Messages of ours that the other decoder does not have.</summary>
    public IReadOnlyList<JsonElement> Extra { get; }

    /// <summary>Messages that both have; similar ones in the order of the capture.</summary>
    public IReadOnlyList<(JsonElement Expected, JsonElement Ours)> Pairs { get; }

    public static OracleComparison Of(SharedCapture capture, DecodeRun run)
    {
        var left = run.Messages.GroupBy(MessageKey.Of).ToDictionary(group => group.Key, group => new Queue<JsonElement>(group));
        var pairs = new List<(JsonElement, JsonElement)>();
        var missing = new List<JsonElement>();
        var optional = new List<JsonElement>();

        // The certain ones first: of similar messages, the doubtful ones take what is left.
        var expected = capture.Expected();
        foreach (var message in expected.Where(message => !IsOptional(message)).Concat(expected.Where(IsOptional)))
        {
            if (left.TryGetValue(MessageKey.Of(message), out var ours) && ours.TryDequeue(out var match))
            {
                pairs.Add((message, match));
            }
            else
            {
                (IsOptional(message) ? optional : missing).Add(message);
            }
        }

        // A doubtful message may have been read up to a different question than ours.
        foreach (var message in optional)
        {
            var ends = MessageKey.Of(message).Ends;
            var candidates = left.FirstOrDefault(entry => entry.Key.Ends == ends && entry.Value.Count > 0).Value;
            candidates?.Dequeue();
        }

        return new OracleComparison(missing, [.. left.Values.SelectMany(queue => queue)], pairs);
    }

    private static bool IsOptional(JsonElement message) => message.GetProperty("kind").GetString() != "dns"
        || message.GetProperty("malformed").GetBoolean() || message.TryGetProperty("cut", out _)
        || message.TryGetProperty("retransmitted", out _) || message.TryGetProperty("after_gap", out _);
}
