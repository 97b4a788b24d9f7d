using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>Waits until an interface has packets, for a bounded time.</summary>
internal sealed partial class PacketWait
{
    // POLLIN | POLLPRI, the same on Linux and the BSDs.
    private const short Readable = 0x0001 | 0x0002;

    private readonly int _descriptor;

    /// <param name="descriptor">The descriptor to poll; negative if there is none, as under Windows.</param>
    public PacketWait(int descriptor) => _descriptor = descriptor;

    /// <summary>
    /// Returns when there are packets, an error that the next read will report, or a signal, or after the time.
    /// </summary>
    /// <returns>False if the time passed without any of them.</returns>
    public bool Wait(int milliseconds)
    {
        if (_descriptor < 0)
        {
            // Nothing to wait on. The library buffers meanwhile; a short sleep keeps that small.
            Thread.Sleep(Math.Min(milliseconds, 5));
            return false;
        }

        var request = new PollRequest { Descriptor = _descriptor, Events = Readable };
        return Poll(ref request, 1, milliseconds) != 0;
    }

    // nfds_t is unsigned long on Linux and unsigned int elsewhere; a register holds either.
    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
