using System.Diagnostics.CodeAnalysis;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>
/// A DNS message together with everything learnt by parsing it: created once per message, then passed on. A view over the packet's bytes; valid for
/// as long as its payload.
/// </summary>
public readonly ref struct ObservedMessage
{
    private readonly DnsHeader _header;

    /// <summary>A message already known to be sound, with one question.</summary>
    internal ObservedMessage(scoped in TransportPayload payload, scoped in DnsHeader header, ulong nameHash, LookupKey key)
    {
        Payload = payload;
        _header = header;
        NameHash = nameHash;
        Key = key;
        IsPlain = true;
        Verdict = new DnsMessageVerdict { QuestionsRead = 1, RecordsRead = header.AnswerCount + header.AuthorityCount + header.AdditionalCount };
    }

    private ObservedMessage(scoped in TransportPayload payload, scoped in DnsHeader header, ulong nameHash, LookupKey key, DnsMessageVerdict verdict)
    {
        Payload = payload;
        _header = header;
        NameHash = nameHash;
        Key = key;
        Verdict = verdict;
    }

    /// <summary>The bytes and their origin.</summary>
    public TransportPayload Payload { get; }

    /// <summary>The header; all zero if the message is shorter than a header.</summary>
    [UnscopedRef]
    public ref readonly DnsHeader Header => ref _header;

    /// <summary>
    /// Whether the message is sound. Bytes after its last section are counted only if the whole message was parsed (<see cref="IsPlain"/> is false).
    /// </summary>
    public DnsMessageVerdict Verdict { get; }

    /// <summary>Whether the message has the usual shape: exactly one question, whose name is not the root, and no fault.</summary>
    public bool IsPlain { get; }

    /// <summary>Hash of the first question's name, ignoring case; 0 if there is no question.</summary>
    public ulong NameHash { get; }

    /// <summary>The lookup that the message belongs to.</summary>
    public LookupKey Key { get; }

    /// <summary>Whether the message is a response.</summary>
    public bool IsResponse => _header.IsResponse;

    /// <summary>Who asked: the sender of a query, the receiver of a response.</summary>
    public NetAddress Client => IsResponse ? Payload.Destination : Payload.Source;

    /// <summary>The client's port.</summary>
    public ushort ClientPort => IsResponse ? Payload.DestinationPort : Payload.SourcePort;

    /// <summary>Who was asked.</summary>
    public NetAddress Server => IsResponse ? Payload.Source : Payload.Destination;

    /// <summary>The server's port.</summary>
    public ushort ServerPort => IsResponse ? Payload.SourcePort : Payload.DestinationPort;

    /// <summary>A reader for the message of a payload.</summary>
    public static DnsMessageReader ReaderOf(in TransportPayload payload) =>
        new(payload.Data, payload.IsTruncated, DnsMulticast.IsBetween(payload.SourcePort, payload.DestinationPort));

    /// <summary>
    /// Parses a single message of any content from start to end. <see cref="NameHash"/> and <see cref="Key"/> can be compared with those of other
    /// messages read this way, but not with those from a <see cref="Worker"/>.
    /// </summary>
    /// <param name="payload">The bytes and their origin.</param>
    public static ObservedMessage Read(scoped in TransportPayload payload) => Read(payload, default);

    /// <summary>Parses a message from start to end with a worker's seeds.</summary>
    internal static ObservedMessage Read(scoped in TransportPayload payload, scoped in MessageSeeds seeds)
    {
        var reader = ReaderOf(payload);
        var header = reader.Header;
        ulong nameHash = 0;
        ulong question = 0;
        if (reader.TryReadQuestion(out var first))
        {
            nameHash = first.Name.HashIgnoreCase(seeds.Name);
            question = LookupKey.OfQuestion(nameHash, ((uint)first.Type << 16) | (ushort)first.Class);
        }

        return new ObservedMessage(payload, header, nameHash, LookupKey.Of(payload, header, question, seeds), reader.Finish());
    }
}
