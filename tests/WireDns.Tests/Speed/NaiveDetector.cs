using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Tests.Speed;

/// <summary>
/// The 3CX rule by hand, the plainest way there is: each name as a string, each value searched for in it, lookups in a dictionary of strings
/// without a bound. No cache, no matcher, no lookahead.
/// </summary>
internal sealed class NaiveDetector(IReadOnlyList<string> values) : IMessageConsumer
{
    private readonly Dictionary<string, PacketTime> _lookups = [];

    /// <summary>The alerts, as packet number and name.</summary>
    public List<(long PacketNumber, string Name)> Alerts { get; } = [];

    public void Consume(in ObservedMessage message, PacketSource source)
    {
        var payload = message.Payload;
        var reader = new DnsMessageReader(payload.Data, payload.IsTruncated);
        var names = new List<string>();
        var key = "";
        while (reader.TryReadQuestion(out var question))
        {
            names.Add(question.Name.ToString());
            key += names.Count > 1 ? "" : $"{names[0].ToLowerInvariant()} {question.Type} {question.Class}";
        }

        var verdict = reader.Finish();
        if (verdict.IsMalformed)
        {
            foreach (var name in reader.BrokenNames)
            {
                names.Add(name.ToString());
            }
        }

        if (verdict.IsDelivered && names.Exists(IsHit))
        {
            var isResponse = reader.Header.IsResponse;
            var ends = isResponse
                ? $"{payload.Destination} {payload.DestinationPort} {payload.Source} {payload.SourcePort}"
                : $"{payload.Source} {payload.SourcePort} {payload.Destination} {payload.DestinationPort}";
            var tunnels = string.Join(' ', payload.Tunnels.ToArray().Select(tunnel => $"{tunnel.Kind}"));
            Take($"{ends} {payload.Transport} {reader.Header.Id} {key} {tunnels}", payload, names[0]);
        }
    }

    public void FinishSource() => _lookups.Clear();

    private bool IsHit(string name) => values.Any(value => name.Contains(value, StringComparison.OrdinalIgnoreCase));

    private void Take(string lookup, in TransportPayload payload, string name)
    {
        if (!_lookups.TryGetValue(lookup, out var known) || Math.Abs(payload.Time.NanosecondsSince(known)) > 10_000_000_000)
        {
            _lookups[lookup] = payload.Time;
            Alerts.Add((payload.PacketNumber, name));
        }
    }
}
