using System.Buffers;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Signals;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>Makes the signals of hits: one for each part of the correlations and each group that a hit belongs to.</summary>
/// <param name="take">Takes them; returns false if one was dropped.</param>
/// <param name="lifetime">How long a lookup waits for its response.</param>
internal sealed class SignalMaker(Func<CorrelationSignal, bool> take, TimeSpan lifetime)
{
    private const int KeyLength = 16;

    private readonly long _lifetime = (long)lifetime.TotalNanoseconds;
    private readonly ArrayBufferWriter<byte> _identity = new();

    /// <summary>A maker; null if nobody takes signals.</summary>
    public static SignalMaker? Of(Func<CorrelationSignal, bool>? take, TimeSpan lifetime) => take is null ? null : new SignalMaker(take, lifetime);

    /// <summary>Sends the signals of a hit.</summary>
    public void Send(CorrelationEngine engine, LoadedRules rules, int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit)
    {
        CorrelationSignal? signal = null;
        foreach (var part in engine.PartsOf(rule))
        {
            var count = engine.ReadGroups(part, rule, @event.AsView);
            for (var group = 0; group < count; group++)
            {
                _identity.ResetWrittenCount();
                _identity.Write(Encoding.UTF8.GetBytes(part.Name + '\0'));
                var values = engine.WriteGroup(part, rule, @event.AsView, group, _identity);
                signal ??= Describe(rules, rule, @event, message, hit);
                take(signal with
                {
                    Id = Digest(_identity.WrittenSpan),
                    Correlation = part.Name,
                    Digest = part.Digest.ToString("x32", CultureInfo.InvariantCulture),
                    Group = group,
                    GroupValues = [.. values.Select(value => new CorrelatedValue(value.Name, value.Value))],
                });
            }
        }
    }

    private CorrelationSignal Describe(LoadedRules rules, int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit)
    {
        var payload = message.Payload;
        var compiled = rules.Compiled[rule].Alert;

        // A rule on the response that is judged on the query had waited for the response until the end of the lookup.
        var hasWaited = rule >= rules.OnQuery.Rules.Count && !message.IsResponse;
        return new CorrelationSignal
        {
            Id = "",
            Correlation = "",
            Digest = "",
            Rule = compiled.Id ?? compiled.Title,
            Lookup = Identify(message),
            DecidedAt = payload.Time.Nanoseconds + (hasWaited ? _lifetime : 0),
            UnixTimeNanoseconds = payload.Time.Nanoseconds,
            Source = new AlertEndpoint(payload.Source.ToString(), payload.SourcePort),
            Destination = new AlertEndpoint(payload.Destination.ToString(), payload.DestinationPort),
            Transport = payload.Transport == Transport.Udp ? "udp" : "tcp",
            PacketNumber = payload.PacketNumber,
            QueryPacketNumber = hit.QueryPacketNumber,
            RoundTripNanoseconds = @event.RoundTripNanoseconds,
            QueryFlags = @event.QueryFlags,
            File = hit.Source.FileOf(payload.InterfaceIndex),
            Interface = hit.Source.InterfaceName(payload.InterfaceIndex),
            VlanIds = [.. payload.VlanIds.ToArray().Select(id => (int)id)],
            Tunnels = [.. payload.Tunnels.ToArray().Select(tunnel => string.Create(CultureInfo.InvariantCulture, $"{tunnel.Kind.ToName()}:{tunnel.Id}"))],
            IsTruncated = payload.IsTruncated,
            HasOverlap = payload.HasOverlap,
            Message = payload.Data.ToArray(),
        };
    }

    // What query and response have in common, whichever sensor saw them; not the time.
    private static string Identify(in ObservedMessage message)
    {
        var reader = ObservedMessage.ReaderOf(message.Payload);
        var question = reader.TryReadQuestion(out var first) ? string.Create(CultureInfo.InvariantCulture, $"{first.Name.ToString().ToLowerInvariant()}\0{(int)first.Type}\0{(int)first.Class}") : "";
        return AlertFactory.Hash(default, string.Create(
            CultureInfo.InvariantCulture,
            $"{message.Client}\0{message.ClientPort}\0{message.Server}\0{message.ServerPort}\0{(int)message.Payload.Transport}\0{message.Header.Id}\0{question}"));
    }

    private static string Digest(ReadOnlySpan<byte> octets)
    {
        Span<byte> digest = stackalloc byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256(octets, digest);
        return Convert.ToHexStringLower(digest[..KeyLength]);
    }
}
