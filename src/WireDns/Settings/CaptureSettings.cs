using WireDns.Capture.Live;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>How packets are captured from interfaces.</summary>
internal sealed record CaptureSettings
{
    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Many<string>(
            "interface", "NAME", "An interface to capture from (wiredns interfaces lists them). May be given several times.",
            Setting.ReadText, settings => settings.Capture.Names,
            (settings, names) => Set(settings, capture => capture with { Names = names })).Alias("-i").ForExample("eth1"),
        Setting.Text(
            "filter", "EXPRESSION|none", "A kernel filter in libpcap's language in place of the built-in one, or none.",
            settings => settings.Capture.Each.Filter, (settings, filter) => SetEach(settings, each => each with { Filter = filter })).ForExample("udp port 53 or tcp port 53"),
        Setting.Switch(
            "no-promiscuous", "Take only packets that are meant for this host.",
            settings => !settings.Capture.Each.Promiscuous, (settings, isGiven) => SetEach(settings, each => each with { Promiscuous = !isGiven })),
        Setting.Number(
            "snaplen", "BYTES", "How much of each packet is taken, in bytes: {range}.", 64, 262_144,
            settings => settings.Capture.Each.SnapLength, (settings, length) => SetEach(settings, each => each with { SnapLength = length })),
        Setting.Number(
            "buffer-size", "MIB", "Size of the kernel's buffer for each interface, in MiB: {range}.", 1, 1024,
            settings => settings.Capture.Each.BufferSize >> 20, (settings, size) => SetEach(settings, each => each with { BufferSize = size << 20 })),
        Setting.Number(
            "workers", "NUMBER", "How many threads capture from each interface and look at its packets: {range}. More than one needs Linux. They share the "
                + "buffer, and change nothing else.", 1, LiveCapture.MaximumGroup,
            settings => settings.Capture.Workers, (settings, workers) => Set(settings, capture => capture with { Workers = workers })),
        Setting.Number(
            "timeout", "MS", "How long the kernel may gather packets before it hands them over, in milliseconds: {range}. Longer delays alerts, and "
                + "lets the buffer of a slow link hold more.", 1, 500,
            settings => (int)settings.Capture.Each.ReadTimeout.TotalMilliseconds,
            (settings, time) => SetEach(settings, each => each with { ReadTimeout = TimeSpan.FromMilliseconds(time) })),
        Setting.Number(
            "blind-after", "SECONDS", "Seconds without a packet, or without DNS, after which an interface is said to be blind: {range}.", 1, 86_400,
            settings => (int)settings.Capture.BlindAfter.TotalSeconds,
            (settings, seconds) => Set(settings, capture => capture with { BlindAfter = TimeSpan.FromSeconds(seconds) })),
        Setting.Text(
            "fault-folder", "FOLDER", "A folder for packets on which this program fails, 1 MiB of each link type at most, to be reported.",
            settings => settings.Capture.FaultFolder, (settings, folder) => Set(settings, capture => capture with { FaultFolder = folder })).ForExample("/var/lib/wiredns/faults"),
    ];

    /// <summary>Names of the interfaces. Default: none; the flag is required.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The options that all interfaces share: everything except the name and what is decoded.</summary>
    public LiveCaptureOptions Each { get; init; } = new() { Interface = "" };

    /// <summary>How many threads capture from each interface: 1 to <see cref="LiveCapture.MaximumGroup"/>. Default: 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How long an interface may go without a packet, or without DNS, before it is reported as blind: 1 s to 86,400 s. Default: 60 s.</summary>
    public TimeSpan BlindAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Folder for packets that made the program fail. Default: null, they are not kept.</summary>
    public string? FaultFolder { get; init; }

    /// <summary>The captures to open: one entry per distinct interface.</summary>
    /// <param name="decoder">What is decoded; the built-in kernel filter lets that through.</param>
    public IEnumerable<LiveCaptureOptions> Interfaces(PacketDecoderOptions decoder) => Names.Distinct(StringComparer.Ordinal).Select((name, index) => Each with
    {
        Interface = name,
        InterfaceIndex = index,
        Decoding = decoder,
    });

    private static SensorSettings Set(SensorSettings settings, Func<CaptureSettings, CaptureSettings> set) => settings with { Capture = set(settings.Capture) };

    private static SensorSettings SetEach(SensorSettings settings, Func<LiveCaptureOptions, LiveCaptureOptions> set) =>
        Set(settings, capture => capture with { Each = set(capture.Each) });
}
