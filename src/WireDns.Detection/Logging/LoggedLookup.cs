using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Logging;

/// <summary>
/// A lookup as it was read from a log, to be matched again: <see cref="LookupMessages"/> makes its messages. One object is filled for one lookup after the other. Texts
/// are those of <see cref="Alerts.DnsLookup"/>, and may hold anything.
/// </summary>
public sealed class LoggedLookup
{
    /// <summary>Who asked.</summary>
    public NetAddress Client { get; set; }

    /// <summary>The client's port.</summary>
    public ushort ClientPort { get; set; }

    /// <summary>Who was asked.</summary>
    public NetAddress Server { get; set; }

    /// <summary>The server's port.</summary>
    public ushort ServerPort { get; set; }

    /// <summary>UDP or TCP.</summary>
    public Transport Transport { get; set; }

    /// <summary>The encapsulations, outermost first. Default: none.</summary>
    public Tunnel[] Tunnels { get; set; } = [];

    /// <summary>VLAN ids, outermost first. Default: none.</summary>
    public ushort[] VlanIds { get; set; } = [];

    /// <summary>The DNS message id.</summary>
    public ushort MessageId { get; set; }

    /// <summary>The question's name in presentation form; empty without a question.</summary>
    public ReadOnlyMemory<char> Name { get; set; }

    /// <summary>The name as the query spells it; empty if it is the same.</summary>
    public ReadOnlyMemory<char> QueryName { get; set; }

    /// <summary>The question's type.</summary>
    public DnsRecordType Type { get; set; }

    /// <summary>The question's class.</summary>
    public DnsClass Class { get; set; }

    /// <summary>The 16 bits of the query's header; null if this lookup has no query of its own.</summary>
    public ushort? QueryFlags { get; set; }

    /// <summary>When the query was seen.</summary>
    public PacketTime QueryTime { get; set; }

    /// <summary>The query's packet.</summary>
    public long QueryPacketNumber { get; set; }

    /// <summary>The query as it was on the wire; empty if it is made of the other members.</summary>
    public ReadOnlyMemory<byte> QueryOctets { get; set; }

    /// <summary>Whether the query was cut.</summary>
    public bool IsQueryCut { get; set; }

    /// <summary>The 16 bits of the response's header; null without a response.</summary>
    public ushort? ResponseFlags { get; set; }

    /// <summary>When the response was seen.</summary>
    public PacketTime ResponseTime { get; set; }

    /// <summary>The response's packet.</summary>
    public long ResponsePacketNumber { get; set; }

    /// <summary>The response as it was on the wire; empty if it is made of the other members.</summary>
    public ReadOnlyMemory<byte> ResponseOctets { get; set; }

    /// <summary>Whether the response was cut.</summary>
    public bool IsResponseCut { get; set; }

    /// <summary>The response code, with the upper bits of an OPT record.</summary>
    public int ResponseCode { get; set; }

    /// <summary>The answers.</summary>
    public List<LoggedAnswer> Answers { get; } = [];

    /// <summary>Whether the response has other records than the answers and OPT.</summary>
    public bool HasOtherRecords { get; set; }

    /// <summary>Whether the last message has the flag DO.</summary>
    public bool IsDnssecOk { get; set; }
}

/// <summary>An answer of a <see cref="LoggedLookup"/>, in class IN.</summary>
/// <param name="Name">The owner's name in presentation form.</param>
/// <param name="Type">The type.</param>
/// <param name="TimeToLive">The time to live in seconds.</param>
/// <param name="Data">The data in presentation form.</param>
public readonly record struct LoggedAnswer(ReadOnlyMemory<char> Name, DnsRecordType Type, uint TimeToLive, ReadOnlyMemory<char> Data);
