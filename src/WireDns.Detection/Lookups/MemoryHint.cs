using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Detection.Lookups;

/// <summary>Tells the processor what will be read soon, so that it is there by then. Changes nothing else.</summary>
internal static class MemoryHint
{
    /// <summary>The cache line of a place will be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void WillBeRead<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            // An address is all that it takes: where the collector moves the array meanwhile, the hint is for nothing.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
