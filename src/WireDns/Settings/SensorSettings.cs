using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>
/// Everything that a user can set for a run, by topic, with its defaults. Immutable. Built in one place (<see cref="SettingFlags"/>) and passed on as
/// a whole or by topic. A command reads only the settings that it has flags for.
/// </summary>
internal sealed record SensorSettings
{
    /// <summary>Every setting. Names are unique.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. CaptureSettings.All, .. ReadingSettings.All, .. RuleSettings.All, .. DetectionSettings.All, .. DecodingSettings.All, .. ChoiceSettings.All, .. NoiseSettings.All,
        .. OutputSettings.All,
    ];

    /// <summary>How packets are captured from interfaces.</summary>
    public CaptureSettings Capture { get; init; } = new();

    /// <summary>How capture files are read.</summary>
    public ReadingSettings Reading { get; init; } = new();

    /// <summary>Which rules run.</summary>
    public RuleSettings Rules { get; init; } = new();

    /// <summary>What the user knows about the network, and the limits of detection.</summary>
    public DetectorOptions Detection { get; init; } = new();

    /// <summary>What is decoded as DNS and as encrypted DNS, and the limits of decoding.</summary>
    public DecodingSettings Decoding { get; init; } = new();

    /// <summary>Which alerts of files are wanted.</summary>
    public ChoiceSettings Choice { get; init; } = new();

    /// <summary>What is held back so that a noisy rule does not bury the rest.</summary>
    public NoiseSettings Noise { get; init; } = new();

    /// <summary>Where alerts go and how they look.</summary>
    public OutputSettings Output { get; init; } = new();
}
