using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Detection.Lookups;

/// <summary>Tells the processor what will be read soon, so that it is in the cache by then. Changes nothing else.</summary>
internal static class MemoryHint
{
    /// <summary>The cache line of a place will be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void WillBeRead<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            // If the GC moves the array, the hint is merely wasted.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
