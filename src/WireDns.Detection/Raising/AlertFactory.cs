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
        CompiledRule rule, IReadOnlyList<MatchReason> reasons, in ObservedMessage observed, PacketSource source, PublicSuffixList suffixes, ClientPrivacy? privacy)
    {
        var payload = observed.Payload;
        var message = ReadMessage(observed, suffixes);
        return new Alert
        {
            Id = Identify(rule, payload, message, privacy),
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
            CommunityId = privacy is not null ? null : CommunityId.Compute(
                payload.Transport, payload.Source, payload.SourcePort, payload.Destination, payload.DestinationPort),
        };
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
        var answers = new List<AlertAnswer>();
        var addresses = new List<string>();
        var code = header.ResponseCode;
        var isDnssecOk = false;
        while (reader.TryReadRecord(out var record))
        {
            if (DnsEdns.TryRead(record, out var edns))
            {
                code = edns.GetResponseCode(header);
                isDnssecOk |= edns.IsDnssecOk;
            }
            else if (record.Section == DnsSection.Answer && answers.Count < MaximumAnswers)
            {
                var answer = ReadAnswer(record);
                answers.Add(answer);
                if (record.IsAddress)
                {
                    addresses.Add(answer.Data);
                }
            }
        }

        // If no question can be read, a broken name is shown as far as it can be read.
        var name = hasQuestion ? question.Name.ToString() : null;
        var broken = reader.BrokenNames;
        if (name is null && observed.Verdict.IsMalformed && broken.MoveNext())
        {
            name = broken.Current.ToString();
        }

        var flags = new List<string>();
        for (var index = 0; index < HeaderFlags.Count(header); index++)
        {
            flags.Add(Encoding.ASCII.GetString(HeaderFlags.Get(header, index)));
        }

        return new AlertMessage
        {
            Id = header.Id,
            IsResponse = header.IsResponse,
            Opcode = DnsMnemonics.Text(header.Opcode),
            ResponseCode = header.IsResponse ? DnsMnemonics.Text(code) : null,
            HeaderFlags = flags,
            QuestionName = name,
            RegisteredDomain = name is null ? null : RegisteredDomain(name, suffixes),
            QuestionType = hasQuestion ? DnsMnemonics.Text(question.Type) : null,
            QuestionClass = hasQuestion ? DnsMnemonics.Text(question.Class) : null,
            Answers = header.IsResponse ? answers : [],
            ResolvedAddresses = header.IsResponse ? addresses : [],
            IsDnssecOk = isDnssecOk,
            LengthInOctets = payload.Data.Length,
            Malformed = observed.Verdict.IsMalformed ? observed.Verdict.Error.ToReason() : null,
            IsTruncated = payload.IsTruncated,
            HasOverlap = payload.HasOverlap,
        };
    }

    /// <summary>The registered domain of a name; null if it has none.</summary>
    public static string? RegisteredDomain(string name, PublicSuffixList suffixes)
    {
        var start = suffixes.Split(Encoding.ASCII.GetBytes(name)).Domain;
        return start < 0 ? null : name[start..];
    }

    /// <summary>A record as text.</summary>
    public static AlertAnswer ReadAnswer(in DnsRecord record)
    {
        var data = new System.Buffers.ArrayBufferWriter<byte>(256);
        DnsRecordData.WriteText(record, data);
        var text = Encoding.ASCII.GetString(data.WrittenSpan[..Math.Min(data.WrittenCount, MaximumDataLength)]);
        return new AlertAnswer(
            record.Name.ToString(), DnsMnemonics.Text(record.Type), DnsMnemonics.Text(record.Class), record.TimeToLive,
            data.WrittenCount > MaximumDataLength ? text + "..." : text);
    }

    // The same capture must give the same ids, so they contain nothing specific to this run.
    private static string Identify(CompiledRule rule, in TransportPayload payload, AlertMessage message, ClientPrivacy? privacy)
    {
        Span<byte> flow = stackalloc byte[64];
        flow.Clear();
        payload.Source.WriteTo(flow);
        payload.Destination.WriteTo(flow[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(flow[32..], payload.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(flow[34..], payload.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(flow[36..], (ushort)message.Id);
        BinaryPrimitives.WriteInt64BigEndian(flow[38..], payload.Time.Nanoseconds);
        flow[46] = (byte)payload.Transport;
        var name = message.QuestionName;
        if (privacy is not null)
        {
            var (client, server) = message.IsResponse ? (payload.Destination, payload.Source) : (payload.Source, payload.Destination);
            name = name is null ? null : privacy.Hide(name, client.ToString());
            privacy.HideFlow(flow.Slice(message.IsResponse ? 16 : 0, client.LengthInBytes), flow.Slice(message.IsResponse ? 0 : 16, server.LengthInBytes));
        }

        return Hash(flow, $"{rule.Alert.Id ?? rule.Alert.Title}\0{name}");
    }

    private static string Identify(in Anomaly anomaly)
    {
        Span<byte> packet = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(packet, anomaly.Origin.Time.Nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(packet[8..], anomaly.Origin.PacketNumber);
        return Hash(packet, $"{anomaly.Kind.ToCounter()}\0{anomaly.Reason}");
    }

    internal static string Hash(ReadOnlySpan<byte> bytes, string text)
    {
        const int UsualLength = 512;
        var most = bytes.Length + Encoding.UTF8.GetMaxByteCount(text.Length);
        var all = most <= UsualLength ? stackalloc byte[UsualLength] : new byte[most];
        bytes.CopyTo(all);
        var length = bytes.Length + Encoding.UTF8.GetBytes(text, all[bytes.Length..]);
        Span<byte> digest = stackalloc byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256(all[..length], digest);

        // Convert.ToHexStringLower takes nine times as long in the native binary.
        Span<char> hex = stackalloc char[32];
        for (var i = 0; i < hex.Length; i++)
        {
            hex[i] = "0123456789abcdef"[(digest[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf];
        }

        return new string(hex);
    }
}
