using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.LookupFormats;
using WireDns.Alerts.Transports;
using WireDns.Parquet.Records;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Settings;

/// <summary>Creates sinks from targets: <c>stdout</c>, <c>file:…</c>, <c>syslog…</c>, <c>relp…</c>, <c>http…</c>, <c>kafka…</c>.</summary>
internal static class AlertSinks
{
    /// <summary>The forms of a target, for help and error messages.</summary>
    public const string Kinds = "stdout, file:PATH, syslog, syslog:/PATH, syslog://HOST[:PORT] (UDP), syslog+tcp://HOST[:PORT], syslog+tls://HOST[:PORT], "
        + "relp://HOST[:PORT], relp+tls://HOST[:PORT], http://… or https://…, kafka://HOST[:PORT]/TOPIC";

    /// <summary>The names of the alert formats.</summary>
    public static readonly string[] Formats = ["text", "table", "csv", "ecs", "ecs9", "eve", "cef", "ocsf", "zeek"];

    private const long SmallestSpool = 1 << 20;

    /// <summary>Reads a target without opening it.</summary>
    /// <param name="text">The target, as the user wrote it.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <exception cref="CommandFailure">The target is unknown, or has a setting that it does not support.</exception>
    public static SinkPlan Plan(string text, OutputSettings settings, QueueMode mode)
    {
        var target = OutputTarget.Parse(text);
        var isStandardOutput = target.Address == "stdout";
        var format = Format(target, settings, isStandardOutput);
        var rules = target.Texts("rule");
        return Plan(target, settings, mode, Header(format), new AlertSink(target.Address, format, null!)
        {
            LeastLevel = target.Level(),
            Rules = rules.Count == 0 ? null : rules.ToHashSet(StringComparer.OrdinalIgnoreCase),
            TakesEvents = target.Choice("events", ("yes", true), ("no", false), ("only", true)),
            TakesAlerts = target.Text("events") != "only",
            QueueCapacity = target.Number("queue", 1, 10_000_000) ?? settings.Queue,
            Identity = Identity(text, target, settings),
        });
    }

    // All that decides how the sink works: what the user wrote, the defaults for what is not written, and what was read from a file.
    private static string Identity(string text, OutputTarget target, OutputSettings settings)
    {
        var read = new[] { target.Text("template"), target.IsTopic ? target.Text("properties") : null };
        var files = string.Concat(read.Where(File.Exists).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file!)))));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text}\n{target.Text("format") ?? settings.Format}\n{settings.Facility}\n{settings.MaximumLength}\n{settings.Queue}\n{settings.SpoolFolder}\n{files}");
    }

    /// <summary>Reads what a target says about its transport.</summary>
    /// <param name="target">The target.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <param name="header">What a file or standard output starts with; null for nothing.</param>
    /// <param name="sink">The sink, without its transport.</param>
    /// <exception cref="CommandFailure">The target is unknown, or has a setting that it does not support.</exception>
    public static SinkPlan Plan(OutputTarget target, OutputSettings settings, QueueMode mode, Func<string>? header, AlertSink sink)
    {
        sink = sink with { Mode = mode, Patience = target.Time("retry-for") ?? Patience(mode, target.Address == "stdout") };
        try
        {
            var open = Transport(target, header, sink.Format, out var mayBeSpooled);
            var spool = mayBeSpooled ? SpoolOptions(target, settings) : null;
            target.RequireAllTaken();
            return new SinkPlan(sink, open, spool);
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
                : new TableFormat(isStandardOutput ? Terminal.StandardOutput.Width : Terminal.StandardOutput.UsualWidth, isStandardOutput && settings.Colouring.IsColoured());
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

    /// <summary>Reads how a target is reached. Nothing is opened before the result is called.</summary>
    private static Func<IMessageTransport> Transport(OutputTarget target, Func<string>? header, IMessageFormat format, out bool mayBeSpooled)
    {
        mayBeSpooled = false;
        var address = target.Address;
        if (address == "stdout")
        {
            return () => StandardOutput(header);
        }

        if (address == "syslog")
        {
            return () => DatagramTransport.OpenLocal();
        }

        if (address.StartsWith("file:", StringComparison.Ordinal) && address.Length > 5)
        {
            var options = FileSettings(target) with { Header = header };
            return () => FileTransport.Open(address[5..], options);
        }

        // syslog:/PATH, or syslog:///PATH when written as a URL.
        if (address.StartsWith("syslog:/", StringComparison.Ordinal) && !address.StartsWith("syslog://", StringComparison.Ordinal))
        {
            return () => DatagramTransport.OpenLocal(address[7..]);
        }

        if (address.StartsWith("syslog:///", StringComparison.Ordinal))
        {
            return () => DatagramTransport.OpenLocal(address[9..]);
        }

        if (target.IsTopic)
        {
            var kafka = target.Topic() with { Key = (format as LookupRecordFormat)?.Sensor };
            mayBeSpooled = true;
            return () => KafkaTransport.Open(kafka);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? Network(target, uri, format, out mayBeSpooled)
            : throw Unknown(target);
    }

    private static StreamTransport StandardOutput(Func<string>? header)
    {
        var output = StreamTransport.OpenStandardOutput();
        if (header is not null)
        {
            output.Write(Encoding.UTF8.GetBytes(header().TrimEnd('\n')));
            output.Flush();
        }

        return output;
    }

    private static Func<IMessageTransport> Network(OutputTarget target, Uri uri, IMessageFormat format, out bool mayBeSpooled)
    {
        var host = uri.DnsSafeHost;
        int Port(int usual) => uri is { PathAndQuery: "/" or "", UserInfo: "" } ? (uri.Port > 0 ? uri.Port : usual) : throw Unknown(target);
        mayBeSpooled = uri.Scheme != "syslog";
        switch (uri.Scheme)
        {
            case "syslog":
                var udp = Port(DatagramTransport.UdpPort);
                return () => DatagramTransport.OpenUdp(host, udp);
            case "syslog+tcp":
                var (tcp, framing) = (Port(TcpTransport.TcpPort), target.Choice("framing", ("octets", SyslogFraming.OctetCounting), ("newline", SyslogFraming.Newline)));
                return () => new TcpTransport(host, tcp, framing);
            case "syslog+tls":
                var (tls, security) = (Port(TcpTransport.TlsPort), Tls(target));
                return () => new TcpTransport(host, tls, SyslogFraming.OctetCounting, security);
            case "relp" or "relp+tls":
                var (relp, window, relpTls) = (Port(RelpTransport.DefaultPort), Window(target), uri.Scheme == "relp" ? null : Tls(target));
                return () => new RelpTransport(host, relp, window, relpTls);
            case "http" or "https" when uri.UserInfo.Length == 0:
                var http = Http(target, uri);
                return format is TextFormat or CefFormat or ZeekLookupFormat { IsText: true } && http.Template?.HasFields == true
                    ? throw target.Mistake("template: a text has no fields; give format=ecs, or only {{alert}} in the template")
                    : () => new HttpTransport(uri, http);
            case "http" or "https":
                throw target.Mistake("a password in an address is seen by every user: put a header 'Authorization: …' into a file, and give headers=FILE");
            default:
                throw Unknown(target);
        }
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

/// <summary>A sink that was read from a target, and is not open yet.</summary>
/// <param name="Sink">The sink without its transport.</param>
/// <param name="OpenTransport">Opens the transport.</param>
/// <param name="SpoolOptions">The spool; null for none.</param>
internal sealed record SinkPlan(AlertSink Sink, Func<IMessageTransport> OpenTransport, SpoolOptions? SpoolOptions)
{
    /// <summary>Opens the sink.</summary>
    /// <exception cref="CommandFailure">It cannot be opened.</exception>
    public AlertSink Open()
    {
        try
        {
            return OpenSink();
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }
    }

    /// <summary>For a sensor that runs already.</summary>
    public SinkOpening ForExchange() => new(Sink, OpenSink);

    private AlertSink OpenSink()
    {
        var transport = OpenTransport();
        try
        {
            return Sink with { Transport = transport, Spool = SpoolOptions is null ? null : Spool.Open(SpoolOptions) };
        }
        catch (IOException)
        {
            transport.Dispose();
            throw;
        }
    }
}
