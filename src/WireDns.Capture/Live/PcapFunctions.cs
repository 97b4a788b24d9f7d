using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>
/// The few functions of libpcap that SharpPcap does not expose: reading with a callback and no allocation, ending that from another thread,
/// a filter program of our own, and the statistics with the interface's own drops. Holds addresses in a library that is never unloaded.
/// </summary>
internal sealed unsafe class PcapFunctions
{
    private readonly delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, byte*, byte*, void>, nint, int> _dispatch;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _breakLoop;
    private readonly delegate* unmanaged[Cdecl]<nint, uint*, int> _statistics;
    private readonly delegate* unmanaged[Cdecl]<nint, Program*, int> _setFilter;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _getSelectableDescriptor;

    private PcapFunctions(nint library)
    {
        _dispatch = (delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, byte*, byte*, void>, nint, int>)
            NativeLibrary.GetExport(library, "pcap_dispatch");
        _breakLoop = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "pcap_breakloop");
        _statistics = (delegate* unmanaged[Cdecl]<nint, uint*, int>)NativeLibrary.GetExport(library, "pcap_stats");
        _setFilter = (delegate* unmanaged[Cdecl]<nint, Program*, int>)NativeLibrary.GetExport(library, "pcap_setfilter");

        // Windows has none.
        _ = NativeLibrary.TryGetExport(library, "pcap_get_selectable_fd", out var getSelectableDescriptor);
        _getSelectableDescriptor = (delegate* unmanaged[Cdecl]<nint, int>)getSelectableDescriptor;
    }

    /// <summary>Finds the library.</summary>
    /// <exception cref="LiveCaptureException">It is not installed.</exception>
    public static PcapFunctions Load()
    {
        foreach (var name in Names())
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new PcapFunctions(library);
            }
        }

        throw LiveCaptureException.LibraryMissing(null);
    }

    /// <summary>Hands the available packets to a callback, until there are no more or it is told to end.</summary>
    /// <returns>Number of packets; 0 if there are none, or one of libpcap's negative results.</returns>
    public int Dispatch(nint handle, delegate* unmanaged[Cdecl]<nint, byte*, byte*, void> callback, nint user)
    {
        const int AllThereAre = -1;
        return _dispatch(handle, AllThereAre, callback, user);
    }

    /// <summary>Ends a dispatch, or the next one. May be called from any thread.</summary>
    public void BreakLoop(nint handle) => _breakLoop(handle);

    /// <summary>Gives the kernel a filter program; the library copies it.</summary>
    /// <returns>False if the library refuses it.</returns>
    public bool TrySetFilter(nint handle, ReadOnlySpan<FilterInstruction> code)
    {
        fixed (FilterInstruction* first = code)
        {
            var program = new Program { Length = (uint)code.Length, Instructions = first };
            return _setFilter(handle, &program) == 0;
        }
    }

    /// <summary>The descriptor to poll for packets; -1 if there is none.</summary>
    public int GetFileDescriptor(nint handle) => _getSelectableDescriptor == null ? -1 : _getSelectableDescriptor(handle);

    /// <summary>The counters since the capture began; all wrap at 32 bits.</summary>
    public bool TryGetStatistics(nint handle, out uint received, out uint dropped, out uint droppedByInterface)
    {
        // struct pcap_stat has three counters on Unix and six under Windows.
        var counters = stackalloc uint[8];
        new Span<uint>(counters, 8).Clear();
        var result = _statistics(handle, counters);
        (received, dropped, droppedByInterface) = (counters[0], counters[1], counters[2]);
        return result == 0;
    }

    // The names that SharpPcap tries, so that both use the same library.
    private static string[] Names() => OperatingSystem.IsWindows()
        ? [Path.Combine(Environment.SystemDirectory, "Npcap", "wpcap.dll"), "wpcap.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libpcap.dylib"]
            : ["libpcap.so", "libpcap.so.0", "libpcap.so.0.8", "libpcap.so.1"];

    // struct bpf_program.
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public uint Length;
        public FilterInstruction* Instructions;
    }
}
