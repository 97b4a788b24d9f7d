using WireDns.Wire;

namespace WireDns.Inspection;

/// <summary>One packet of a capture, and its outcome.</summary>
internal sealed record InspectedFrame
{
    /// <summary>The file as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>Number of the packet, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it was captured.</summary>
    public required PacketTime Time { get; init; }

    /// <summary>The link layer that it starts with.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>Index of the interface that it was captured on.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>Name of that interface, if the file gives one. Hostile text.</summary>
    public required string? InterfaceName { get; init; }

    /// <summary>The captured bytes.</summary>
    public required byte[] Data { get; init; }

    /// <summary>Length on the wire, in bytes.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>How the ledger counts it.</summary>
    public required PacketOutcome Outcome { get; init; }

    /// <summary>The messages that it completed, in their order.</summary>
    public required IReadOnlyList<InspectedMessage> Messages { get; init; }

    /// <summary>
    /// For a packet that holds only part of a message: the packet that completed it; 0 if none did, or it is not known.
    /// </summary>
    public long CompletedBy { get; init; }
}
