using WireDns.Wire;

namespace WireDns.Capture;

/// <summary>What a packet needs to know of the interface that it was captured on.</summary>
internal readonly struct PcapngInterface
{
    /// <summary>Index in the source, over all sections.</summary>
    public required int Index { get; init; }

    public required LinkType LinkType { get; init; }

    public required uint SnapLength { get; init; }

    public required TimestampScale Scale { get; init; }
}
