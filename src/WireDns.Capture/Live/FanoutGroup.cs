using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>
/// Packet sockets among which Linux deals the packets of one interface, with <c>PACKET_FANOUT</c> (packet(7)) and a program of the classic packet filter
/// machine. All packets between a client and the servers it asks come to one socket, in their order. Packets whose client cannot be told without decoding
/// have one home, the first socket: fragments, tunnels, tags that the kernel did not remove, IPv6 with extension headers, everything that is not IP.
/// </summary>
/// <remarks>
/// While an interface is down its sockets are out of the group; when it comes up they return in any order, so that another one may be the first.
/// </remarks>
/// <param name="ports">The ports that DNS is expected on.</param>
internal sealed unsafe partial class FanoutGroup(IEnumerable<ushort> ports)
{
    // linux/if_packet.h.
    private const int PacketLevel = 263;
    private const int Fanout = 18;
    private const int FanoutData = 22;
    private const int ByClassicProgram = 6 << 16;
    private const int WithUniqueId = 0x2000 << 16;

    // linux/filter.h: offsets of what the kernel knows of a packet, and of its network header, whatever is before that.
    private const int Protocol = -0x1000;
    private const int NetworkHeader = -0x10_0000;

    private const int EtherTypeIpv4 = 0x0800;
    private const int EtherTypeIpv6 = 0x86dd;
    private const int ProtocolTcp = 6;
    private const int ProtocolUdp = 17;

    // The bits of an IPv4 header that only fragments have: "more fragments", and the offset.
    private const int FragmentBits = 0x3fff;

    private readonly FilterInstruction[] _code = [.. Write([.. ports.Distinct().Select(port => (int)port)]).Code];
    private int? _id;

    /// <summary>Makes a socket a member. The first one makes the group.</summary>
    /// <param name="descriptor">A packet socket on the interface of the others.</param>
    /// <returns>Why it is none; null if it is one.</returns>
    public string? Join(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "only Linux deals the packets of an interface to several threads";
        }

        // A number that nobody uses: two sensors on one interface must not share a group.
        var choice = _id is { } id ? id | ByClassicProgram : ByClassicProgram | WithUniqueId;
        if (SetOption(descriptor, PacketLevel, Fanout, &choice, sizeof(int)) != 0)
        {
            return $"the kernel refuses to deal its packets: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        if (_id is not null)
        {
            return null;
        }

        var given = 0;
        uint length = sizeof(int);
        fixed (FilterInstruction* code = _code)
        {
            var program = new Program { Length = (ushort)_code.Length, Instructions = code };
            if (GetOption(descriptor, PacketLevel, Fanout, &given, &length) != 0
                || SetOption(descriptor, PacketLevel, FanoutData, &program, (uint)sizeof(Program)) != 0)
            {
                return $"the kernel refuses the program that deals its packets: {Marshal.GetLastPInvokeErrorMessage()}";
            }
        }

        _id = given & 0xffff;
        return null;
    }

    /// <summary>The program. Its result, modulo the number of sockets, is the place of the socket. A load outside the packet ends it with 0.</summary>
    internal static FilterProgram Write(IReadOnlyList<int> ports)
    {
        var program = new FilterProgram();
        program.ClearIndex();
        program.LoadHalf(Protocol);
        program.If([EtherTypeIpv4], () =>
        {
            program.LoadHalf(NetworkHeader + 6);
            program.Mask(FragmentBits);
            program.If([0], () =>
            {
                program.LoadByte(NetworkHeader);
                program.Mask(0x0f);
                program.AddToIndex(2);
                program.LoadByte(NetworkHeader + 9);
                program.If([ProtocolTcp, ProtocolUdp], () => DealByClient(program, ports, NetworkHeader, [NetworkHeader + 12], [NetworkHeader + 16]));
            });
            program.Reject();
        });
        program.If([EtherTypeIpv6], () =>
        {
            program.LoadByte(NetworkHeader + 6);
            program.If([ProtocolTcp, ProtocolUdp], () => DealByClient(
                program, ports, NetworkHeader + 40, Words(NetworkHeader + 8), Words(NetworkHeader + 24)));
            program.Reject();
        });
        program.Reject();
        return program;
    }

    private static int[] Words(int offset) => [offset, offset + 4, offset + 8, offset + 12];

    // Whoever sends to a port of DNS is the client. Where both ports are such, or none (DNS on other ports), the two ends count alike, so that query and response
    // still come to one socket.
    private static void DealByClient(FilterProgram program, IReadOnlyList<int> ports, int transport, int[] source, int[] destination)
    {
        program.LoadHalfFromIndex(transport + 2);
        program.IfAny(ports, () =>
        {
            program.LoadHalfFromIndex(transport);
            program.IfAny(ports, () => Return([.. source, .. destination]));
            Return(source);
        });
        program.LoadHalfFromIndex(transport);
        program.IfAny(ports, () => Return(destination));
        Return([.. source, .. destination]);

        void Return(int[] words)
        {
            program.LoadSumOfWords(words);
            program.ReturnHash();
        }
    }

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int option, void* value, uint length);

    // struct sock_fprog.
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
