using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>
/// The filter of a packet socket under Linux, beside libpcap: to stop the flow of packets while those in the buffer are still
/// read, and to ask whether the kernel runs a filter at all. libpcap runs one that the kernel refuses in user space, and says
/// nothing. Elsewhere it does nothing.
/// </summary>
internal sealed unsafe partial class KernelFilter
{
    // asm-generic/socket.h; SO_GET_FILTER is SO_ATTACH_FILTER, asked for.
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int DetachFilter = 27;

    private const ushort Return = 0x06;

    private readonly int _descriptor;

    /// <param name="descriptor">The packet socket; negative if there is none.</param>
    public KernelFilter(int descriptor) => _descriptor = OperatingSystem.IsLinux() ? descriptor : -1;

    /// <summary>Number of instructions that the kernel runs; 0 without a filter, null if it cannot be asked.</summary>
    public int? Length
    {
        get
        {
            // With no room to copy the program to, its length is the answer.
            uint length = 0;
            return _descriptor >= 0 && GetOption(_descriptor, SocketLevel, AttachFilter, null, &length) == 0 ? (int)length : null;
        }
    }

    /// <summary>Lets no more packets in, until another filter is set.</summary>
    /// <returns>False if that cannot be done.</returns>
    public bool TryRejectAll()
    {
        var code = new FilterInstruction(Return, 0, 0, 0);
        var program = new Program { Length = 1, Instructions = &code };
        return _descriptor >= 0 && SetOption(_descriptor, SocketLevel, AttachFilter, &program, (uint)sizeof(Program)) == 0;
    }

    /// <summary>Lets all packets in.</summary>
    public void AcceptAll()
    {
        if (_descriptor >= 0)
        {
            var ignored = 0;
            _ = SetOption(_descriptor, SocketLevel, DetachFilter, &ignored, sizeof(int));
        }
    }

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(int descriptor, int level, int option, void* value, uint length);

    // struct sock_fprog.
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
