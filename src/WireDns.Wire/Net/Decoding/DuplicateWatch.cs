using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Decoding;

/// <summary>Recognises packets that came a moment ago, by a fingerprint: a small table in which a new fingerprint overwrites an old one.</summary>
internal sealed class DuplicateWatch
{
    // The copies of a mirrored packet come within its transit of one switch; a client's own retransmission comes later.
    private const long WindowInNanoseconds = 10_000_000;
    private const int Size = 1024;

    private readonly (ulong Fingerprint, long Time)[] _recent = new (ulong, long)[Size];

    /// <summary>Forgets all fingerprints.</summary>
    public void Clear() => Array.Clear(_recent);

    /// <summary>Whether the fingerprint was seen within 10 ms; remembers it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsRepeated(ulong fingerprint, long time)
    {
        ref var place = ref _recent[fingerprint & (Size - 1)];
        var isRepeated = place.Fingerprint == fingerprint && time - place.Time is >= -WindowInNanoseconds and <= WindowInNanoseconds;
        place = (fingerprint, time);
        return isRepeated;
    }
}
