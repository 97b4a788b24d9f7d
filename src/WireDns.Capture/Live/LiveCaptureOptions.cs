using WireDns.Capture.Files;
using WireDns.Wire.Net;

namespace WireDns.Capture.Live;

/// <summary>How an interface is captured from.</summary>
public sealed record LiveCaptureOptions
{
    /// <summary>The filter that asks for everything.</summary>
    public const string NoFilter = "none";

    /// <summary>
    /// Name of the interface, as <see cref="CaptureInterfaces.List"/> gives it; <c>any</c> is all of them under Linux.
    /// </summary>
    public required string Interface { get; init; }

    /// <summary>
    /// The interface index of its packets: the place of this interface among those whose packets are decoded together, from 0, which is
    /// the default.
    /// </summary>
    public int InterfaceIndex { get; init; }

    /// <summary>
    /// Whether packets for other hosts are captured too, which is what a mirror port delivers. On by default; has no meaning for <c>any</c>.
    /// </summary>
    public bool Promiscuous { get; init; } = true;

    /// <summary>Whether a wireless interface is put into monitor mode. Off by default.</summary>
    public bool Monitor { get; init; }

    /// <summary>
    /// How much of each packet is captured, in bytes, 64 to 262144. The default is the maximum: offloading merges packets into ones of 64
    /// KiB and more, and in the kernel's buffer a packet takes no more room than it needs.
    /// </summary>
    public int SnapLength { get; init; } = PacketFraming.MaximumCapturedLength;

    /// <summary>
    /// Size of the kernel's buffer in bytes; 64 MiB by default, which holds a tenth of a second of a busy link.
    /// </summary>
    public int BufferSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long the kernel may gather packets before it hands them over, 1 to 500 ms; 2 ms by default. It bounds how late an alert is: a
    /// packet waits for at most twice this time and two of the kernel's own ticks. On a slow link each such time uses up a block of 256 KiB
    /// of the buffer, so that a reader that stalls for longer than <see cref="BufferSize"/> / 256 KiB times this loses packets: half a
    /// second and more with both defaults.
    /// </summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// How long reading the packets in the kernel's buffer may take when a run ends; 2 s by default. What is left after that is counted as
    /// <see cref="CaptureStatistics.LeftUnread"/>.
    /// </summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A filter in libpcap's language (pcap-filter(7)), <see cref="NoFilter"/>, or null for
    /// <see cref="DefaultFilter"/>.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>What the packets are decoded with: the default filter lets through what it can find DNS in. By default port 53 and the usual tunnels.</summary>
    public PacketDecoderOptions Decoding { get; init; } = new();
}
