using System.Runtime.InteropServices;

namespace WireDns.Alerts.Transports;

/// <summary>
/// An open file descriptor on Unix, above all standard output, written with write(2) itself. The base library's console stream takes a
/// broken pipe for success, so alerts would vanish uncounted; its file stream fails in the middle of a line if another process has made the
/// descriptor non-blocking. This one does neither: it waits while the reader is slow and throws when there is none.
/// </summary>
/// <param name="descriptor">The descriptor, which its owner closes.</param>
internal sealed class DescriptorStream(int descriptor) : Stream
{
    public const int StandardOutput = 1; // POSIX: STDOUT_FILENO

    private const int Interrupted = 4; // EINTR, the same on Linux and macOS
    private const short PollOut = 4; // POLLOUT, the same on Linux and macOS

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How many octets the last call of <see cref="Write(ReadOnlySpan{byte})"/> wrote: all of them, or those before its exception.</summary>
    public long LastWritten { get; private set; }

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35; // EAGAIN

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        LastWritten = 0;
        while (!buffer.IsEmpty)
        {
            var written = WriteToDescriptor(descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
            {
                LastWritten += written;
                buffer = buffer[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                WaitUntilWritable();
            }
            else if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is buffered.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WaitUntilWritable()
    {
        var request = new PollRequest { Descriptor = descriptor, Events = PollOut };
        // Its result is not needed: the next write reports an error too.
        _ = Poll(ref request, 1, -1);
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint WriteToDescriptor(int descriptor, in byte buffer, nint length);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Poll(ref PollRequest request, nuint count, int timeoutInMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
