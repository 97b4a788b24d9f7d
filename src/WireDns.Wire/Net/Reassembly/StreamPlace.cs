namespace WireDns.Wire.Net.Reassembly;

/// <summary>Which stream: an entry of the connection table and one of its two directions.</summary>
/// <param name="Connection">Index in the table.</param>
/// <param name="Direction">0 from the key's first end, 1 from its second.</param>
/// <param name="IsOfCurrentPacket">Whether the packet at hand belongs to the connection.</param>
internal readonly record struct StreamPlace(int Connection, int Direction, bool IsOfCurrentPacket);
