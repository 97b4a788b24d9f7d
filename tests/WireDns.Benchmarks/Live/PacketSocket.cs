using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WireDns.Benchmarks.Live;

/// <summary>Sends frames out of an interface, many for each call of the kernel: packet(7) and sendmmsg(2). Linux on a 64-bit machine.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Frames for each call: the cost of a call is then small compared with that of the frames.</summary>
    public const int BatchLength = 256;

    private const int AddressFamilyPacket = 17; // AF_PACKET
    private const int SocketTypeRaw = 3; // SOCK_RAW
    private const int LevelPacket = 263; // SOL_PACKET
    private const int QueueBypass = 20; // PACKET_QDISC_BYPASS
    private const int NoBufferSpace = 105; // ENOBUFS

    private readonly int _descriptor;
    private readonly MessageHeader* _messages;
    private readonly IoVector* _vectors;

    /// <summary>Opens a socket on an interface.</summary>
    /// <exception cref="IOException">There is no such interface, or no right to send raw frames.</exception>
    public PacketSocket(string interfaceName)
    {
        var index = InterfaceIndex(interfaceName);
        _descriptor = index == 0 ? -1 : OpenSocket(AddressFamilyPacket, SocketTypeRaw, 0);
        var address = new LinkLayerAddress { Family = AddressFamilyPacket, InterfaceIndex = (int)index };
        if (_descriptor < 0 || Bind(_descriptor, &address, sizeof(LinkLayerAddress)) != 0)
        {
            throw new IOException($"cannot send out of {interfaceName}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        // Straight to the device: queueing disciplines are not what is measured. Older kernels refuse, and then queue.
        var isOn = 1;
        _ = SetOption(_descriptor, LevelPacket, QueueBypass, &isOn, sizeof(int));
        _messages = (MessageHeader*)NativeMemory.AllocZeroed(BatchLength, (nuint)sizeof(MessageHeader));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(BatchLength, (nuint)sizeof(IoVector));
        for (var place = 0; place < BatchLength; place++)
        {
            _messages[place].Vectors = &_vectors[place];
            _messages[place].VectorCount = 1;
        }
    }

    /// <summary>Sends frames; returns how many the kernel took.</summary>
    /// <param name="buffer">Pinned memory that holds them.</param>
    /// <param name="frames">Where each is in it; at most <see cref="BatchLength"/>.</param>
    /// <exception cref="IOException">The interface is gone, or a frame is longer than it carries.</exception>
    public int Send(byte* buffer, ReadOnlySpan<FramePlace> frames)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, BatchLength);
        for (var place = 0; place < frames.Length; place++)
        {
            _vectors[place] = new IoVector { Start = buffer + frames[place].Offset, Length = (nuint)frames[place].Length };
        }

        var sent = SendMany(_descriptor, _messages, (uint)frames.Length, 0);
        if (sent < 0 && Marshal.GetLastPInvokeError() != NoBufferSpace)
        {
            throw new IOException($"sendmmsg: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return Math.Max(sent, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var handle = new SafeFileHandle(_descriptor, ownsHandle: true);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
    }

    [DllImport("libc", EntryPoint = "if_nametoindex", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint InterfaceIndex([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int OpenSocket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Bind(int descriptor, LinkLayerAddress* address, int length);

    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetOption(int descriptor, int level, int name, int* value, int length);

    [DllImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendMany(int descriptor, MessageHeader* messages, uint count, int flags);

    /// <summary>sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkLayerAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary>iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>mmsghdr, with the msghdr that it begins with.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        public uint SentLength;
    }
}
