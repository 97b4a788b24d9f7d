using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.LookupFormats;
using WireDns.Alerts.Transports;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>Creates sinks from targets: <c>stdout</c>, <c>file:…</c>, <c>syslog…</c>, <c>relp…</c>, <c>http…</c>.</summary>
internal static class AlertSinks
{
    /// <summary>The forms of a target, for help and error messages.</summary>
    public const string Kinds = "stdout, file:PATH, syslog, syslog:/PATH, syslog://HOST[:PORT] (UDP), syslog+tcp://HOST[:PORT], syslog+tls://HOST[:PORT], "
        + "relp://HOST[:PORT], relp+tls://HOST[:PORT], http://… or https://…";

    /// <summary>The names of the alert formats.</summary>
    public static readonly string[] Formats = ["text", "table", "csv", "ecs", "ecs9", "eve", "cef", "ocsf", "zeek"];

    private const long SmallestSpool = 1 << 20;

    /// <summary>Opens a target.</summary>
    /// <param name="text">The target, as the user wrote it.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <exception cref="CommandFailure">The target is unknown, cannot be opened, or has a setting that it does not support.</exception>
    public static AlertSink Open(string text, OutputSettings settings, QueueMode mode)
    {
        var target = OutputTarget.Parse(text);
        var isStandardOutput = target.Address == "stdout";
        var format = Format(target, settings, isStandardOutput);
        var rules = target.Texts("rule");
        return Open(target, settings, mode, Header(format), new AlertSink(target.Address, format, null!)
        {
            LeastLevel = target.Level(),
            Rules = rules.Count == 0 ? null : rules.ToHashSet(StringComparer.OrdinalIgnoreCase),
            TakesEvents = target.Choice("events", ("yes", true), ("no", false), ("only", true)),
            TakesAlerts = target.Text("events") != "only",
            QueueCapacity = target.Number("queue", 1, 10_000_000) ?? settings.Queue,
        });
    }

    /// <summary>Opens the transport of a sink.</summary>
    /// <param name="target">The target.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <param name="header">What a file or standard output starts with; null for nothing.</param>
    /// <param name="sink">The sink, without its transport.</param>
    /// <exception cref="CommandFailure">The target is unknown, cannot be opened, or has a setting that it does not support.</exception>
    public static AlertSink Open(OutputTarget target, OutputSettings settings, QueueMode mode, Func<string>? header, AlertSink sink)
    {
        sink = sink with { Mode = mode, Patience = target.Time("retry-for") ?? Patience(mode, target.Address == "stdout") };
        try
        {
            var transport = Transport(target, header);
            try
            {
                if (sink.Format is TextFormat or CefFormat or ZeekLookupFormat { IsText: true } && transport is HttpTransport { NeedsJson: true })
                {
                    throw target.Mistake("template: a text has no fields; give format=ecs, or only {{alert}} in the template");
                }

                var spool = transport is TcpTransport or RelpTransport or HttpTransport ? SpoolOptions(target, settings) : null;
                target.RequireAllTaken();
                return sink with { Transport = transport, Spool = spool is null ? null : Spool.Open(spool) };
            }
            catch (Exception exception) when (exception is CommandFailure or IOException)
            {
                transport.Dispose();
                throw;
            }
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }
    }

    // If a file has filled the disk, it is better to give up than to hang; a receiver may come back.
    private static TimeSpan Patience(QueueMode mode, bool isStandardOutput) =>
        mode == QueueMode.Drop ? Timeout.InfiniteTimeSpan : isStandardOutput ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);

    /// <summary>Whether the messages of a target are those of syslog.</summary>
    public static bool IsSyslog(OutputTarget target) =>
        target.Address.StartsWith("syslog", StringComparison.Ordinal) || target.Address.StartsWith("relp", StringComparison.Ordinal);

    /// <summary>What the syslog messages of a target say about their sender.</summary>
    /// <exception cref="CommandFailure">The target has a setting with a wrong value.</exception>
    public static SyslogOptions Syslog(OutputTarget target, OutputSettings settings) => new()
    {
        Facility = Facility(target, "facility") ?? settings.Facility,
        MaximumLength = target.Number("max-length", SyslogOptions.SmallestMaximumLength, SyslogOptions.LargestMaximumLength) ?? settings.MaximumLength,
        ApplicationName = target.Text("app") ?? new SyslogOptions().ApplicationName,
        HostName = target.Text("host") ?? Environment.MachineName,
    };

    private static IAlertFormat Format(OutputTarget target, OutputSettings settings, bool isStandardOutput)
    {
        var name = target.Text("format") ?? settings.Format;
        if (name is "csv" or "table")
        {
            return !isStandardOutput && !target.Address.StartsWith("file:", StringComparison.Ordinal)
                ? throw target.Mistake($"format={name}: rows need a file or stdout, with the names of their columns at the top")
                : name == "csv" ? new CsvFormat()
                : new TableFormat(isStandardOutput ? StandardOutput.Width : StandardOutput.UsualWidth, isStandardOutput && settings.Colouring.IsColoured());
        }

        ICuttableFormat text = name switch
        {
            "text" => isStandardOutput ? new TextFormat(settings.Colouring.IsColoured(), settings.IsVerbose) : new TextFormat(),
            "ecs" => new EcsFormat(Environment.MachineName, ProductVersion.Text),
            "ecs9" => new EcsFormat(Environment.MachineName, ProductVersion.Text, schema: EcsVersion.V9),
            "eve" => new EveFormat(Environment.MachineName),
            "cef" => new CefFormat(Environment.MachineName, ProductVersion.Text),
            "ocsf" => new OcsfFormat(Environment.MachineName, ProductVersion.Text),
            "zeek" => new ZeekFormat(Environment.MachineName),
            _ => throw target.Mistake($"format={name}: {OutputTarget.OneOf(Formats)} was expected"),
        };
        if (!IsSyslog(target))
        {
            return text;
        }

        var options = Syslog(target, settings) with { EventFacility = Facility(target, "event-facility") };
        return target.Choice("rfc", ("5424", false), ("3164", true)) ? new SyslogBsdFormat(text, options) : new SyslogFormat(text, options);
    }

    /// <summary>Opens a new file for the alerts of one run: it is never put aside, and must not hold anything yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">How the alerts look, and how many may wait.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <exception cref="CommandFailure">There is such a file already, or it cannot be opened.</exception>
    public static AlertSink OpenNewFile(string path, OutputSettings settings, QueueMode mode)
    {
        if (Directory.Exists(path) || (File.Exists(path) && new FileInfo(path) is { LinkTarget: not null } or { Length: > 0 }))
        {
            throw new CommandFailure(ExitStatus.Usage, $"-O {path}: is there already, and not empty; choose another name. (-o file:{path} appends to a file)");
        }

        var target = OutputTarget.Parse($"file:{path}", "-O");
        var format = Format(target, settings, isStandardOutput: false);
        try
        {
            var options = new AlertFileOptions { MaximumSize = 0, MaximumAge = TimeSpan.FromDays(36_500), Header = Header(format) };
            return new AlertSink(path, format, FileTransport.Open(path, options)) { Mode = mode, QueueCapacity = settings.Queue, Patience = Patience(mode, isStandardOutput: false) };
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }
    }

    private static Func<string>? Header(IAlertFormat format) => format switch
    {
        CsvFormat => () => CsvFormat.Header,
        TableFormat table => () => table.Header,
        _ => null,
    };

    private static SyslogFacility? Facility(OutputTarget target, string setting) => target.Text(setting) is not { } name ? null
        : Enum.TryParse<SyslogFacility>(name, ignoreCase: true, out var facility) && Enum.IsDefined(facility) && !char.IsAsciiDigit(name[0])
            ? facility
            : throw target.Mistake($"{setting}={name}: {string.Join(", ", Enum.GetNames<SyslogFacility>().Select(known => known.ToLowerInvariant()))} are known");

    private static IMessageTransport Transport(OutputTarget target, Func<string>? header)
    {
        var address = target.Address;
        if (address == "stdout")
        {
            var output = StreamTransport.OpenStandardOutput();
            if (header is not null)
            {
                output.Write(Encoding.UTF8.GetBytes(header().TrimEnd('\n')));
                output.Flush();
            }

            return output;
        }

        if (address == "syslog")
        {
            return DatagramTransport.OpenLocal();
        }

        if (address.StartsWith("file:", StringComparison.Ordinal) && address.Length > 5)
        {
            return FileTransport.Open(address[5..], FileSettings(target) with { Header = header });
        }

        // syslog:/PATH, or syslog:///PATH when written as a URL.
        if (address.StartsWith("syslog:/", StringComparison.Ordinal) && !address.StartsWith("syslog://", StringComparison.Ordinal))
        {
            return DatagramTransport.OpenLocal(address[7..]);
        }

        if (address.StartsWith("syslog:///", StringComparison.Ordinal))
        {
            return DatagramTransport.OpenLocal(address[9..]);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? Network(target, uri) : throw Unknown(target);
    }

    private static IMessageTransport Network(OutputTarget target, Uri uri)
    {
        var host = uri.DnsSafeHost;
        int Port(int usual) => uri is { PathAndQuery: "/" or "", UserInfo: "" } ? (uri.Port > 0 ? uri.Port : usual) : throw Unknown(target);
        return uri.Scheme switch
        {
            "syslog" => DatagramTransport.OpenUdp(host, Port(DatagramTransport.UdpPort)),
            "syslog+tcp" => new TcpTransport(
                host, Port(TcpTransport.TcpPort), target.Choice("framing", ("octets", SyslogFraming.OctetCounting), ("newline", SyslogFraming.Newline))),
            "syslog+tls" => new TcpTransport(host, Port(TcpTransport.TlsPort), SyslogFraming.OctetCounting, Tls(target)),
            "relp" => new RelpTransport(host, Port(RelpTransport.DefaultPort), Window(target)),
            "relp+tls" => new RelpTransport(host, Port(RelpTransport.DefaultPort), Window(target), Tls(target)),
            "http" or "https" when uri.UserInfo.Length == 0 => new HttpTransport(uri, Http(target, uri)),
            "http" or "https" => throw target.Mistake("a password in an address is seen by every user: put a header 'Authorization: …' into a file, and give headers=FILE"),
            _ => throw Unknown(target),
        };
    }

    private static int Window(OutputTarget target) => target.Number("window", 1, 100_000) ?? RelpTransport.DefaultWindow;

    private static TlsOptions Tls(OutputTarget target) => new()
    {
        AuthorityFile = target.Text("ca"),
        CertificateFile = target.Text("cert"),
        KeyFile = target.Text("key"),
        ServerName = target.Text("name"),
    };

    private static HttpOptions Http(OutputTarget target, Uri uri) => new()
    {
        Body = target.Choice("body", ("lines", HttpBody.Lines), ("array", HttpBody.Array), ("single", HttpBody.Single), ("bulk", HttpBody.Bulk)),
        IsCompressed = target.Choice("gzip", ("no", false), ("yes", true)),
        Template = target.Text("template") is { } file ? MessageTemplate.Read(file) : null,
        HeaderFile = target.Text("headers"),
        PathFile = target.Text("path"),
        SigningKeyFile = target.Text("sign"),
        Tls = uri.Scheme == "https" ? Tls(target) : null,
    };

    private static AlertFileOptions FileSettings(OutputTarget target)
    {
        var usual = new AlertFileOptions();
        return usual with
        {
            MaximumSize = target.Size("size") ?? usual.MaximumSize,
            MaximumAge = target.Time("age") ?? usual.MaximumAge,
            Kept = target.Number("keep", 0, 1_000_000) ?? usual.Kept,
            Compression = target.Choice("compress", ("no", FileCompression.None), ("gzip", FileCompression.Gzip), ("zstd", FileCompression.Zstd)),
        };
    }

    /// <summary>Reads the spool settings even if there is no spool, so that a target can be tried without one.</summary>
    private static SpoolOptions? SpoolOptions(OutputTarget target, OutputSettings settings)
    {
        var format = $"{target.Text("format") ?? settings.Format}{(target.Text("rfc") is { } rfc ? $" rfc={rfc}" : "")}";
        var place = target.Text("path") is { } path ? $"{target.Address} path={path}" : target.Address; // the path's own text is a secret
        var usual = new SpoolOptions { Folder = "", Owner = "" };
        var options = usual with
        {
            Owner = $"{place} as {format}",
            MaximumSize = target.Size("spool-size") is not { } size ? usual.MaximumSize
                : size >= SmallestSpool ? size : throw target.Mistake("spool-size: at least 1M was expected"),
            DropsOldest = target.Choice("spool-drop", ("newest", false), ("oldest", true)),
            IsSynced = target.Choice("spool-sync", ("no", false), ("yes", true)),
        };
        return settings.SpoolFolder is null ? null : options with { Folder = Spool.FolderOf(settings.SpoolFolder, place) };
    }

    private static CommandFailure Unknown(OutputTarget target) => new(ExitStatus.Usage, $"unknown output '{target.Address}': {Kinds} was expected");
}
