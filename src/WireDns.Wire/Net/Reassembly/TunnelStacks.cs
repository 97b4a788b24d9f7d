namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// The tunnels in which connections were seen, each combination once, so that a message that is completed by no packet of its own
/// connection still has its tunnels. A bounded number of combinations is remembered.
/// </summary>
internal sealed class TunnelStacks
{
    private const int MaximumStacks = 4096;

    private readonly Dictionary<ulong, Tunnel[]> _stacks = [];

    /// <summary>The combination as an array that stays valid; null for none, and when no more are remembered.</summary>
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
