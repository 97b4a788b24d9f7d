namespace WireDns.Wire.Net.Reassembly;

/// <summary>A fragment of an IP datagram, of either version.</summary>
internal readonly ref struct Fragment
{
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Where in the datagram the payload starts, in bytes: a multiple of 8.</summary>
    public required int Offset { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>The protocol that this fragment's header names; the first fragment's counts (RFC 8200 §4.5).</summary>
    public required byte Protocol { get; init; }

    public required bool IsIpv6 { get; init; }

    /// <summary>Whether the snap length cut it, so that its bytes are not all there.</summary>
    public required bool IsCut { get; init; }

    /// <summary>Whether it is a first fragment that shows that its datagram is of no interest.</summary>
    public required bool IsOfNoInterest { get; init; }

    public int End => Offset + Payload.Length;
}
