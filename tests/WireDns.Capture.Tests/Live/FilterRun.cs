using System.Runtime.InteropServices;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Capture.Tests.Live;

/// <summary>Runs a built-in filter over packets on libpcap's own virtual machine, as the kernel runs it.</summary>
internal sealed class FilterRun
{
    private readonly FilterInstruction[] _code;
    private readonly RunFilter _run;

    public FilterRun(LinkType linkType, params ushort[] ports)
        : this(linkType, DecodingOf(ports))
    {
    }

    public FilterRun(LinkType linkType, PacketDecoderOptions decoding)
    {
        LiveTests.SkipWithoutLibpcap();
        _code = [.. DefaultFilter.For(linkType, decoding).Code];
        Assert.NotEmpty(_code);
        var library = new[] { "libpcap.so.0.8", "libpcap.so.1", "libpcap.so", "libpcap.dylib" }
            .Select(name => NativeLibrary.TryLoad(name, out var handle) ? handle : 0).First(handle => handle != 0);
        _run = Marshal.GetDelegateForFunctionPointer<RunFilter>(NativeLibrary.GetExport(library, "bpf_filter"));
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate uint RunFilter(FilterInstruction[] code, byte[] packet, uint originalLength, uint length);

    /// <summary>These ports and no others, and the usual tunnels.</summary>
    public static PacketDecoderOptions DecodingOf(params ushort[] ports) => new() { Ports = [.. ports], EncryptedDnsPorts = [] };

    /// <summary>Whether the packet is let through.</summary>
    public bool Matches(byte[] packet) => _run(_code, packet, (uint)packet.Length, (uint)packet.Length) != 0;
}
