namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// The tunnels that connections were seen in, each combination once, so that a message which no packet of its connection completes can
/// still say where it was. A bounded number of combinations is remembered.
/// </summary>
internal sealed class TunnelStacks
{
    private const int MaximumStacks = 4096;

    private readonly Dictionary<ulong, Tunnel[]> _stacks = [];

    /// <summary>The combination as an array that lives on; null for none, or where no more are remembered.</summary>
    public Tunnel[]? Remember(ulong hash, ReadOnlySpan<Tunnel> tunnels)
    {
        if (tunnels.IsEmpty)
        {
            return null;
        }

        if (!_stacks.TryGetValue(hash, out var stack) && _stacks.Count < MaximumStacks)
        {
            stack = tunnels.ToArray();
            _stacks.Add(hash, stack);
        }

        return stack;
    }
}
