namespace WireDns.Alerts.Formats;

/// <summary>What a syslog message says about its sender, and how long it may be.</summary>
public sealed record SyslogOptions
{
    /// <summary>The shortest maximum: what every receiver must accept (RFC 5424 §6.1).</summary>
    public const int SmallestMaximumLength = 480;

    /// <summary>The longest maximum: the payload of the largest UDP datagram over IPv4 (RFC 5426 §3.2).</summary>
    public const int LargestMaximumLength = 65_507;

    /// <summary>The facility; by default local0, which no system daemon uses, so that a receiver can route the alerts by it.</summary>
    public SyslogFacility Facility { get; init; } = SyslogFacility.Local0;

    /// <summary>The facility of the sensor's events; null, the default, for that of the alerts.</summary>
    public SyslogFacility? EventFacility { get; init; }

    /// <summary>
    /// The sender's name, by default this machine's; null or empty for none. Characters that the header may not hold become
    /// hyphens.
    /// </summary>
    public string? HostName { get; init; } = Environment.MachineName;

    /// <summary>The application's name.</summary>
    public string ApplicationName { get; init; } = "wiredns";

    /// <summary>The process id, by default this process's.</summary>
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>
    /// The enterprise number in the id of the structured data. The default, 32473, is the one that RFC 5612 sets aside for documentation:
    /// the product has none of its own. If you have one, set it, so that the names are yours.
    /// </summary>
    public int EnterpriseNumber { get; init; } = 32473;

    /// <summary>
    /// The longest message in octets, 480 to 65507; by default 8192, which RFC 5425 §4.3.1 asks receivers to accept, and which rsyslog and
    /// syslog-ng accept as installed (RFC 5424 §6.1 asks only for 2048). In a longer message the text is cut, never the header or the
    /// structured data. A JSON text stays valid JSON, with fewer members.
    /// </summary>
    public int MaximumLength { get; init; } = 8192;
}

/// <summary>The facilities of RFC 5424 §6.2.1, by their numbers.</summary>
public enum SyslogFacility
{
    /// <summary>Kernel messages.</summary>
    Kern = 0,

    /// <summary>User-level messages.</summary>
    User = 1,

    /// <summary>Mail system.</summary>
    Mail = 2,

    /// <summary>System daemons.</summary>
    Daemon = 3,

    /// <summary>Security and authorization messages.</summary>
    Auth = 4,

    /// <summary>Messages of the syslog daemon itself.</summary>
    Syslog = 5,

    /// <summary>Line printer.</summary>
    Lpr = 6,

    /// <summary>Network news.</summary>
    News = 7,

    /// <summary>UUCP.</summary>
    Uucp = 8,

    /// <summary>Clock daemon.</summary>
    Cron = 9,

    /// <summary>Private security and authorization messages.</summary>
    AuthPriv = 10,

    /// <summary>FTP daemon.</summary>
    Ftp = 11,

    /// <summary>Local use 0.</summary>
    Local0 = 16,

    /// <summary>Local use 1.</summary>
    Local1 = 17,

    /// <summary>Local use 2.</summary>
    Local2 = 18,

    /// <summary>Local use 3.</summary>
    Local3 = 19,

    /// <summary>Local use 4.</summary>
    Local4 = 20,

    /// <summary>Local use 5.</summary>
    Local5 = 21,

    /// <summary>Local use 6.</summary>
    Local6 = 22,

    /// <summary>Local use 7.</summary>
    Local7 = 23,
}
