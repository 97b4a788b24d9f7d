namespace WireDns.Benchmarks.Checking;

/// <summary>Puts fragments together, remembering all of them until their datagram is whole.</summary>
internal sealed class AuditedFragments
{
    private readonly Dictionary<string, List<(int Offset, bool More, byte[] Data)>> _datagrams = [];

    /// <summary>Adds a fragment; returns the datagram that it completes, if it does.</summary>
    public byte[]? Add(string key, int offset, bool more, ReadOnlySpan<byte> data)
    {
        if (!_datagrams.TryGetValue(key, out var fragments))
        {
            fragments = [];
            _datagrams.Add(key, fragments);
        }

        fragments.Add((offset, more, data.ToArray()));
        if (fragments.All(fragment => fragment.More))
        {
            return null;
        }

        var datagram = new List<byte>();
        foreach (var fragment in fragments.OrderBy(fragment => fragment.Offset))
        {
            if (fragment.Offset != datagram.Count)
            {
                return null;
            }

            datagram.AddRange(fragment.Data);
        }

        _datagrams.Remove(key);
        return [.. datagram];
    }
}
