namespace WireDns.Settings;

/// <summary>What the operator of a running sensor needs: where it takes commands, and what it remembers over a restart.</summary>
internal sealed record OperationSettings
{
    /// <summary>Where <c>wiredns ctl</c> looks for a sensor unless told otherwise: in the folder that systemd makes for the service.</summary>
    public const string UsualControlSocket = "/run/wiredns/control.sock";

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Text(
            "control-socket", "PATH", "Take the commands of 'wiredns ctl' at this socket, in a folder that only this user can enter (it is made if it is missing). Without it no "
                + "commands are taken.",
            settings => settings.Operation.ControlSocket, (settings, path) => settings with { Operation = settings.Operation with { ControlSocket = path } })
            .ForExample(UsualControlSocket),
        Setting.Text(
            "state-file", "FILE", "Remember over a restart what correlations have counted, which lookups have fired and which alerts are being held back: the file is written every minute and at the end, for the owner alone.",
            settings => settings.Operation.StateFile, (settings, file) => settings with { Operation = settings.Operation with { StateFile = file } })
            .ForExample("/var/lib/wiredns/state"),
    ];

    /// <summary>The socket. Default: null, none.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>The file of what is remembered. Default: null, nothing is.</summary>
    public string? StateFile { get; init; }
}
