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
        OutputSettings.NewFile, OutputSettings.Screen, .. OutputSettings.All, .. PrivacySettings.All, .. MetricsSettings.All, .. OperationSettings.All, .. LogSettings.All, .. CanarySettings.All,
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

    /// <summary>What is written in place of the addresses of clients.</summary>
    public PrivacySettings Privacy { get; init; } = new();

    /// <summary>Where the sensor can be asked for its figures.</summary>
    public MetricsSettings Metrics { get; init; } = new();

    /// <summary>The canaries that the sensor sends itself.</summary>
    public CanarySettings Canary { get; init; } = new();

    /// <summary>How the sensor's own log is written.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>Where the sensor takes commands, and what it remembers over a restart.</summary>
    public OperationSettings Operation { get; init; } = new();

    /// <summary>Where alerts go and how they look.</summary>
    public OutputSettings Output { get; init; } = new();

    /// <summary>
    /// What a sensor that runs with these settings takes from others: the settings that reload (<see cref="Setting.Reloads"/>), and nothing of the rest.
    /// </summary>
    public SensorSettings Reload(SensorSettings others) => this with
    {
        Rules = others.Rules with { CanaryZone = Rules.CanaryZone }, // what follows canaries is made at the start
        Noise = others.Noise with { TellsCorrelationEnds = Noise.TellsCorrelationEnds },
        Output = Output with { Targets = others.Output.Targets, Format = others.Output.Format },
    };

    /// <summary>The settings with <see cref="Privacy"/> opened for everything that follows (<see cref="DetectorOptions.Privacy"/>).</summary>
    /// <exception cref="Terminal.CommandFailure">The setting is wrong, its key cannot be read, or another one would write addresses.</exception>
    public SensorSettings WithPrivacy()
    {
        var privacy = Privacy.Open(Detection.Resolvers);
        return privacy is not null && Output.Signals is not null
            ? throw new Terminal.CommandFailure(Terminal.ExitStatus.Usage, "--signals sends the addresses that --client-privacy hides: give one of the two")
            : privacy is not null && Capture.FaultFolder is not null
            ? throw new Terminal.CommandFailure(Terminal.ExitStatus.Usage, "--fault-folder keeps packets as they are, with the addresses that --client-privacy hides: give one of the two")
            : privacy is not null && Operation.StateFile is not null
            ? throw new Terminal.CommandFailure(Terminal.ExitStatus.Usage, "--state-file keeps the addresses that --client-privacy hides: give one of the two")
            : this with { Detection = Detection with { Privacy = privacy } };
    }
}
