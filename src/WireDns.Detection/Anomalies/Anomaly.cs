using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Anomalies;

/// <summary>
/// A message with a fault, a packet that could not be decoded, or another protocol on a DNS port, and where it is. A view that is valid as
/// long as its message or packet.
/// </summary>
public readonly ref struct Anomaly
{
    private readonly ref readonly PayloadOrigin _origin;

    /// <summary>A message with a fault.</summary>
    internal Anomaly(ObservedMessage message, ref readonly PayloadOrigin origin)
    {
        Kind = AnomalyKind.Malformed;
        Reason = message.Verdict.Error.ToReason();
        Known = KnownEnds.Ports;
        Message = message;
        _origin = ref origin;
    }

    /// <summary>A packet that could not be decoded.</summary>
    internal Anomaly(UndecodablePacket packet)
    {
        Kind = AnomalyKind.Undecodable;
        Reason = packet.Fault.Reason.ToReason();
        Known = packet.Fault.Known;
        _origin = ref packet.Origin;
    }

    /// <summary>Another protocol on a DNS port.</summary>
    internal Anomaly(ForeignProtocol protocol, ref readonly PayloadOrigin origin)
    {
        Kind = AnomalyKind.OtherProtocol;
        Reason = protocol.ToName();
        Known = KnownEnds.Ports;
        _origin = ref origin;
    }

    /// <summary>What is wrong.</summary>
    public AnomalyKind Kind { get; }

    /// <summary>Why, as the ledger names it under <see cref="Kind"/>, for example <c>cut_header</c>.</summary>
    public string Reason { get; }

    /// <summary>What is known about the two ends.</summary>
    public KnownEnds Known { get; }

    /// <summary>The message, if <see cref="Kind"/> is <see cref="AnomalyKind.Malformed"/>.</summary>
    public ObservedMessage Message { get; }

    /// <summary>Where it is; its ends as far as <see cref="Known"/> says.</summary>
    public ref readonly PayloadOrigin Origin => ref _origin;
}

/// <summary>What is wrong with a message or packet.</summary>
public enum AnomalyKind : byte
{
    /// <summary>A DNS message has a fault.</summary>
    Malformed,

    /// <summary>A packet could not be decoded as far as its payload.</summary>
    Undecodable,

    /// <summary>A payload on a DNS port is another protocol, by its own marks. Not a fault, but worth knowing.</summary>
    OtherProtocol,
}

/// <summary>The kinds by name.</summary>
public static class AnomalyKinds
{
    /// <summary>The counter of the ledger that has the reasons of a kind.</summary>
    public static string ToCounter(this AnomalyKind kind) => kind switch
    {
        AnomalyKind.Malformed => "malformed",
        AnomalyKind.Undecodable => "undecodable",
        AnomalyKind.OtherProtocol => "other_on_dns_port",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
