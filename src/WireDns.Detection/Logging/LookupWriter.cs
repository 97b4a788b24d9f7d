using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Logging;

/// <summary>Turns the last message of a lookup, and what is known of its query, into a <see cref="DnsLookup"/>. One thread at a time.</summary>
internal sealed class LookupWriter(LookupLogOptions options)
{
    // As in alerts: the decode command shows all of them.
    private const int MaximumAnswers = 256;

    private const int UsualAnswers = 8;

    private readonly TextBuffer _text = new();
    private readonly byte[] _word = new byte[ZeekWords.MaximumLength];

    public DnsLookup Write(in ObservedMessage message, PacketSource source, in SeenQuery query)
    {
        var payload = message.Payload;
        var header = message.Header;
        var reader = ObservedMessage.ReaderOf(payload);
        var hasQuestion = reader.TryReadQuestion(out var question);
        var name = hasQuestion ? question.Name.ToString() : null;
        var answers = ReadAnswers(ref reader, header, name, out var code, out var leftOut);
        var own = new LookupMessage(
            payload.PacketNumber, header.Flags, message.Verdict.IsMalformed ? message.Verdict.Error.ToReason() : null, payload.IsTruncated);
        var first = query.PacketNumber > 0 && query.Time.HasValue ? query.Time : payload.Time;
        name ??= BrokenName(message, reader);
        return new DnsLookup
        {
            Id = options.HasIds ? Identify(message, first.Nanoseconds, name) : "",
            UnixTimeNanoseconds = first.HasValue ? first.Nanoseconds : null,
            Client = new AlertEndpoint(message.Client.ToString(), message.ClientPort),
            Server = new AlertEndpoint(message.Server.ToString(), message.ServerPort),
            Transport = payload.Transport == Transport.Udp ? "udp" : "tcp",
            MessageId = header.Id,
            Opcode = new Mnemonic((int)header.Opcode, DnsMnemonics.Text(header.Opcode)),
            Question = name is null ? null : new LookupQuestion(
                name,
                hasQuestion ? new Mnemonic((ushort)question.Type, DnsMnemonics.Text(question.Type)) : default,
                hasQuestion ? new Mnemonic((ushort)question.Class, DnsMnemonics.Text(question.Class)) : default),
            RegisteredDomain = name is null ? null : AlertFactory.RegisteredDomain(name, PublicSuffixList.Shipped.Value),
            Query = !header.IsResponse ? own : query.PacketNumber == 0 ? null : new LookupMessage(
                query.PacketNumber, query.Flags, query.Error == DnsError.None ? null : query.Error.ToReason(), query.IsTruncated),
            Queries = header.IsResponse ? (query.PacketNumber > 0 ? query.Queries : 0) : Math.Max(query.Queries, 1),
            Response = header.IsResponse ? own : null,
            IsFurtherResponse = query.IsAnswered,
            ResponseCode = header.IsResponse ? new Mnemonic((int)code, DnsMnemonics.Text(code)) : null,
            RoundTripNanoseconds = query.PacketNumber > 0 && query.Time.HasValue ? Math.Max(0, payload.Time.NanosecondsSince(query.Time)) : null,
            Answers = header.IsResponse ? answers : [],
            AnswersLeftOut = header.IsResponse ? leftOut : 0,
            Zeek = options.HasZeek ? InZeek(message) : null,
            Remainder = options.HasRemainder ? LookupRemainders.Of(message, source, query, answers, leftOut) : null,
            File = source.FileOf(payload.InterfaceIndex),
            Interface = source.InterfaceName(payload.InterfaceIndex),
            VlanIds = payload.VlanIds.IsEmpty ? [] : [.. payload.VlanIds.ToArray().Select(id => (int)id)],
            Tunnels = payload.Tunnels.IsEmpty ? [] : [.. payload.Tunnels.ToArray().Select(tunnel => tunnel.Kind.ToName())],
            CommunityId = options.Privacy is not null || !options.HasIds ? null : CommunityId.Compute(
                payload.Transport, payload.Source, payload.SourcePort, payload.Destination, payload.DestinationPort),
        };
    }

    /// <summary>What is known of a query, with what is remembered of its octets, if that is wanted.</summary>
    /// <param name="query">What is known.</param>
    /// <param name="asked">The query's message.</param>
    /// <param name="answer">The response's message.</param>
    public SeenQuery Complete(in SeenQuery query, in TransportPayload asked, in TransportPayload answer) =>
        options.HasRemainder ? LookupRemainders.Complete(query, asked, answer) : query;

    private static List<AlertAnswer> ReadAnswers(ref DnsMessageReader reader, in DnsHeader header, string? question, out DnsResponseCode code, out int leftOut)
    {
        var answers = new List<AlertAnswer>(Math.Min((int)header.AnswerCount, UsualAnswers));
        var name = question;
        code = header.ResponseCode;
        leftOut = 0;
        while (reader.TryReadRecord(out var record))
        {
            if (DnsEdns.TryRead(record, out var edns))
            {
                code = edns.GetResponseCode(header);
            }
            else if (record.Section == DnsSection.Answer && answers.Count < MaximumAnswers)
            {
                // Most answers have the name that was asked for, or that of the answer before.
                answers.Add(AlertFactory.ReadAnswer(record, name));
                name = answers[^1].Name;
            }
            else if (record.Section == DnsSection.Answer)
            {
                leftOut++;
            }
        }

        return answers;
    }

    // If no question can be read, a broken name is shown as far as it can be read.
    private static string? BrokenName(in ObservedMessage message, in DnsMessageReader reader)
    {
        var broken = reader.BrokenNames;
        return message.Verdict.IsMalformed && broken.MoveNext() ? broken.Current.ToString() : null;
    }

    private LookupInZeek InZeek(in ObservedMessage message)
    {
        _text.Clear();
        var texts = new ZeekFields(_text, isForLog: true);
        var header = message.Header;
        var reader = ObservedMessage.ReaderOf(message.Payload);
        string? query = null;
        (string, string)? words = null;
        if (reader.TryReadQuestion(out var question))
        {
            query = Text(texts.Write(question.Name));
            words = (Word(ZeekWords.Write(question.Type, _word)) ?? DnsMnemonics.Text(question.Type), Word(ZeekWords.Write(question.Class, _word))!);
        }

        var answers = new List<(string, uint)>();
        while (reader.TryReadRecord(out var record))
        {
            if (header.IsResponse && record.Section == DnsSection.Answer && record.Type != DnsRecordType.OPT && answers.Count < MaximumAnswers)
            {
                query ??= Text(texts.Write(record.Name));
                var data = texts.Write(record);
                answers.Add((data.Length > 0 ? Text(data) : AlertFactory.ReadAnswer(record).Data.Replace(@"\", @"\\", StringComparison.Ordinal), record.TimeToLive));
            }
        }

        // Zeek's word is for the four bits of the header.
        var code = (DnsResponseCode)(header.Flags & 0xf);
        return new LookupInZeek
        {
            ConnectionId = ConnectionId(message),
            Query = query,
            Question = words,
            ResponseCode = header.IsResponse ? Word(ZeekWords.Write(code, _word)) ?? DnsMnemonics.Text(code) : null,
            Opcode = Word(ZeekWords.Write(header.Opcode, _word)) ?? DnsMnemonics.Text(header.Opcode).ToLowerInvariant(),
            Answers = answers,
            IsRejected = header.IsResponse && header.AnswerCount + header.AuthorityCount + header.AdditionalCount == 0
                && header.ResponseCode != DnsResponseCode.NoError,
        };
    }

    private string Text(TextRange range) => Encoding.UTF8.GetString(_text[range]);

    private string? Word(int length) => length == 0 ? null : Encoding.ASCII.GetString(_word.AsSpan(0, length));

    // Nothing in it is specific to this run, so the same capture gives the same ids.
    private string Identify(in ObservedMessage message, long firstTime, string? name)
    {
        Span<byte> flow = stackalloc byte[64];
        WriteFlow(message, flow);
        BinaryPrimitives.WriteUInt16BigEndian(flow[37..], message.Header.Id);
        BinaryPrimitives.WriteInt64BigEndian(flow[39..], firstTime);
        BinaryPrimitives.WriteInt64BigEndian(flow[47..], message.Payload.Time.Nanoseconds);
        return Convert.ToHexStringLower(Hash(flow, name is null ? null : options.Privacy?.Hide(name, message.Client.ToString()) ?? name)[..16]);
    }

    private string ConnectionId(in ObservedMessage message)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        Span<byte> flow = stackalloc byte[64];
        WriteFlow(message, flow);
        var rest = new BigInteger(Hash(flow, "connection"), isUnsigned: true);
        var id = new char[18];
        id[0] = 'C';
        for (var i = 1; i < id.Length; i++)
        {
            rest = BigInteger.DivRem(rest, Digits.Length, out var digit);
            id[i] = Digits[(int)digit];
        }

        return new string(id);
    }

    private void WriteFlow(in ObservedMessage message, Span<byte> flow)
    {
        flow.Clear();
        message.Client.WriteTo(flow);
        message.Server.WriteTo(flow[16..]);
        options.Privacy?.HideFlow(flow[..message.Client.LengthInBytes], flow.Slice(16, message.Server.LengthInBytes));
        BinaryPrimitives.WriteUInt16BigEndian(flow[32..], message.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(flow[34..], message.ServerPort);
        flow[36] = (byte)message.Payload.Transport;
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes, string? text)
    {
        var digest = new byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256([.. bytes, .. Encoding.UTF8.GetBytes(text ?? "")], digest);
        return digest;
    }
}
