using WireDns.Wire;

namespace WireDns.Inspection;

/// <summary>One packet of a capture, and what became of it.</summary>
internal sealed record InspectedFrame
{
    /// <summary>The file as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>Number of the packet, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it was captured.</summary>
    public required PacketTime Time { get; init; }

    /// <summary>What its first byte is the start of.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>Index of the interface that it was captured on.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>Name of that interface, where the file gives one. Hostile text.</summary>
    public required string? InterfaceName { get; init; }

    /// <summary>The captured bytes.</summary>
    public required byte[] Data { get; init; }

    /// <summary>Length on the wire, in bytes.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>What the ledger says of it.</summary>
    public required PacketOutcome Outcome { get; init; }

    /// <summary>The messages that it completed, in their order.</summary>
    public required IReadOnlyList<InspectedMessage> Messages { get; init; }

    /// <summary>
    /// For a packet that holds a part of a message only: the packet that completed it; 0 where none did, or it is not known.
    /// </summary>
    public long CompletedBy { get; init; }
}
