using System.Buffers.Binary;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Raising;

/// <summary>Makes the alert for a message that a rule matched. The only stage that creates strings.</summary>
internal static class AlertFactory
{
    // A message of 64 KiB full of records would make an alert that no receiver accepts; the decode command shows all of them.
    private const int MaximumAnswers = 256;
    private const int MaximumDataLength = 4096;

    /// <summary>Builds the alert, with an id of what the user's privacy leaves.</summary>
    public static Alert Create(
        CompiledRule rule, IReadOnlyList<MatchReason> reasons, in ObservedMessage observed, in LookupFacts facts, PacketSource source, PublicSuffixList suffixes,
        ClientPrivacy? privacy)
    {
        var payload = observed.Payload;
        var message = ReadMessage(observed, suffixes);
        var identity = new FlowIdentity(rule.Alert.Id ?? rule.Alert.Title, payload, message.Id, message.QuestionName);
        var alert = new Alert
        {
            Identity = identity,
            UnixTimeNanoseconds = payload.Time.HasValue ? payload.Time.Nanoseconds : null,
            Rule = rule.Alert,
            Client = Endpoint(observed.Client, observed.ClientPort),
            Server = Endpoint(observed.Server, observed.ServerPort),
            Transport = TransportName(payload.Transport),
            Message = message,
            Reasons = ReadReasons(reasons),
            File = source.FileOf(payload.InterfaceIndex),
            Interface = source.InterfaceName(payload.InterfaceIndex),
            PacketNumber = payload.PacketNumber,
            VlanIds = payload.VlanIds.IsEmpty ? [] : [.. payload.VlanIds.ToArray().Select(id => (int)id)],
            Tunnels = payload.Tunnels.IsEmpty ? [] : [.. payload.Tunnels.ToArray().Select(tunnel => tunnel.Kind.ToName())],
            RelatedPacketNumber = message.IsResponse && facts.QueryPacketNumber > 0 ? facts.QueryPacketNumber : null,
            RoundTripNanoseconds = facts.RoundTripNanoseconds,
            Indicators = facts.Indicators,
            IsForwarded = facts.IsForwarded,
        };
        return privacy is null ? alert : alert with { Identity = null, Id = identity.MakeId(privacy, message.IsResponse) };
    }

    /// <summary>Builds the alert for an anomaly.</summary>
    public static Alert Create(in Anomaly anomaly, PacketSource source, PublicSuffixList suffixes)
    {
        var origin = anomaly.Origin;
        var hasMessage = anomaly.Kind == AnomalyKind.Malformed && anomaly.Message.Verdict.Error != DnsError.HeaderCut;
        var isResponse = hasMessage && anomaly.Message.IsResponse;
        var (sender, receiver) = anomaly.Known switch
        {
            KnownEnds.None => (AlertAnomaly.UnknownEnd, AlertAnomaly.UnknownEnd),
            KnownEnds.Addresses => (new AlertEndpoint(origin.Source.ToString(), AlertEndpoint.UnknownPort),
                new AlertEndpoint(origin.Destination.ToString(), AlertEndpoint.UnknownPort)),
            _ => (Endpoint(origin.Source, origin.SourcePort), Endpoint(origin.Destination, origin.DestinationPort)),
        };
        return new Alert
        {
            Id = Identify(anomaly),
            UnixTimeNanoseconds = origin.Time.HasValue ? origin.Time.Nanoseconds : null,
            Rule = AlertAnomaly.Rule,
            Client = isResponse ? receiver : sender,
            Server = isResponse ? sender : receiver,
            Transport = anomaly.Known == KnownEnds.Ports ? TransportName(origin.Transport) : "",
            Message = hasMessage ? ReadMessage(anomaly.Message, suffixes) : AlertMessage.None,
            Reasons = [],
            Anomaly = new AlertAnomaly(anomaly.Kind.ToCounter(), anomaly.Reason, anomaly.Kind == AnomalyKind.Malformed ? 1 : origin.PacketCount),
            File = source.FileOf(origin.InterfaceIndex),
            Interface = source.InterfaceName(origin.InterfaceIndex),
            PacketNumber = origin.PacketNumber,
            VlanIds = [.. origin.VlanIds.ToArray().Select(id => (int)id)],
            Tunnels = [.. origin.Tunnels.ToArray().Select(tunnel => tunnel.Kind.ToName())],
        };
    }

    private static string TransportName(Transport transport) => transport == Transport.Udp ? "udp" : "tcp";

    private static AlertEndpoint Endpoint(NetAddress address, ushort port) => new(address.ToString(), port);

    private static AlertReason[] ReadReasons(IReadOnlyList<MatchReason> reasons)
    {
        var read = new AlertReason[reasons.Count];
        for (var i = 0; i < read.Length; i++)
        {
            var reason = reasons[i];
            read[i] = new AlertReason(
                reason.Selection, reason.Field, reason.Modifiers, reason.Pattern, reason.Value ?? "", reason.Start, reason.Length)
            {
                IsNegated = reason.IsNegated,
                IsAbsent = reason.Value is null,
            };
        }

        return read;
    }

    private static AlertMessage ReadMessage(in ObservedMessage observed, PublicSuffixList suffixes)
    {
        var payload = observed.Payload;
        var reader = ObservedMessage.ReaderOf(payload);
        var header = observed.Header;
        var hasQuestion = reader.TryReadQuestion(out var question);
        List<AlertAnswer>? answers = null;
        List<string>? addresses = null;
        var code = header.ResponseCode;
        var isDnssecOk = false;
        while (reader.TryReadRecord(out var record))
        {
            if (DnsEdns.TryRead(record, out var edns))
            {
                code = edns.GetResponseCode(header);
                isDnssecOk |= edns.IsDnssecOk;
            }
            else if (header.IsResponse && record.Section == DnsSection.Answer && (answers ??= []).Count < MaximumAnswers)
            {
                var answer = ReadAnswer(record);
                answers.Add(answer);
                if (record.IsAddress)
                {
                    (addresses ??= []).Add(answer.Data);
                }
            }
        }

        // If no question can be read, a broken name is shown as far as it can be read.
        var broken = reader.BrokenNames;
        var hasName = hasQuestion || (observed.Verdict.IsMalformed && broken.MoveNext());
        Span<byte> text = stackalloc byte[DnsName.MaximumTextLength];
        text = text[..(hasQuestion ? question.Name.WriteText(text) : hasName ? broken.Current.WriteText(text) : 0)];
        var name = hasName ? Encoding.ASCII.GetString(text) : null;
        return new AlertMessage
        {
            Id = header.Id,
            IsResponse = header.IsResponse,
            Opcode = DnsMnemonics.Text(header.Opcode),
            ResponseCode = header.IsResponse ? DnsMnemonics.Text(code) : null,
            HeaderFlags = HeaderFlags.List(header),
            QuestionName = name,
            RegisteredDomain = name is null ? null : RegisteredDomain(name, text, suffixes),
            QuestionType = hasQuestion ? DnsMnemonics.Text(question.Type) : null,
            QuestionClass = hasQuestion ? DnsMnemonics.Text(question.Class) : null,
            Answers = answers ?? [],
            ResolvedAddresses = addresses ?? [],
            IsDnssecOk = isDnssecOk,
            LengthInOctets = payload.Data.Length,
            Malformed = observed.Verdict.IsMalformed ? observed.Verdict.Error.ToReason() : null,
            IsTruncated = payload.IsTruncated,
            HasOverlap = payload.HasOverlap,
        };
    }

    /// <summary>The registered domain of a name; null if it has none.</summary>
    public static string? RegisteredDomain(string name, PublicSuffixList suffixes) => RegisteredDomain(name, Encoding.ASCII.GetBytes(name), suffixes);

    private static string? RegisteredDomain(string name, ReadOnlySpan<byte> octets, PublicSuffixList suffixes)
    {
        var start = suffixes.Split(octets).Domain;
        return start < 0 ? null : name[start..];
    }

    /// <summary>A record as text.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">A name that the record may well have, as text; it is taken instead of another like it.</param>
    public static AlertAnswer ReadAnswer(in DnsRecord record, string? name = null)
    {
        // Enough for a name, and for the data of nearly every record.
        Span<byte> text = stackalloc byte[DnsName.MaximumTextLength];
        var owner = text[..record.Name.WriteText(text)];
        if (name is null || !Ascii.Equals(owner, name))
        {
            name = Encoding.ASCII.GetString(owner);
        }

        var data = DnsRecordData.TryWriteText(record, text, out var length) ? Encoding.ASCII.GetString(text[..length]) : LongData(record);
        return new AlertAnswer(name, DnsMnemonics.Text(record.Type), DnsMnemonics.Text(record.Class), record.TimeToLive, data);
    }

    private static string LongData(in DnsRecord record)
    {
        var data = new System.Buffers.ArrayBufferWriter<byte>();
        DnsRecordData.WriteText(record, data);
        var text = Encoding.ASCII.GetString(data.WrittenSpan[..Math.Min(data.WrittenCount, MaximumDataLength)]);
        return data.WrittenCount > MaximumDataLength ? text + "..." : text;
    }

    private static string Identify(in Anomaly anomaly)
    {
        Span<byte> packet = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(packet, anomaly.Origin.Time.Nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(packet[8..], anomaly.Origin.PacketNumber);
        return Hash(packet, $"{anomaly.Kind.ToCounter()}\0{anomaly.Reason}");
    }

    /// <summary>A digest of octets and a text, as an id.</summary>
    internal static string Hash(ReadOnlySpan<byte> octets, string text)
    {
        const int UsualLength = 512;
        const int IdLength = 16;
        var most = octets.Length + Encoding.UTF8.GetMaxByteCount(text.Length);
        var all = most <= UsualLength ? stackalloc byte[UsualLength] : new byte[most];
        octets.CopyTo(all);
        var length = octets.Length + Encoding.UTF8.GetBytes(text, all[octets.Length..]);
        Span<byte> digest = stackalloc byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256(all[..length], digest);

        // Convert.ToHexStringLower takes nine times as long in the native binary.
        Span<char> hex = stackalloc char[2 * IdLength];
        for (var i = 0; i < IdLength; i++)
        {
            hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
            hex[(2 * i) + 1] = "0123456789abcdef"[digest[i] & 0xf];
        }

        return new string(hex);
    }
}
