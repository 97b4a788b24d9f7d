using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using WireDns.Alerts.Transports;
using WireDns.RuleTools;
using WireDns.RuleTools.Conversion;
using WireDns.RuleTools.Queries;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules convert</c>: writes rules as queries of databases, or the names that they look for in the formats of other tools.</summary>
internal static partial class RulesConvertCommand
{
    // The range reserved for local rules (https://sidallocation.org).
    private const int FirstLocalSid = 1_000_000;

    private static readonly string[] Databases = ["duckdb", "clickhouse", "trino", "spark", "elasticsearch"];

    private static readonly string[] NameFormats = ["suricata", "zeek-intel", "rpz", "hosts", "domains"];

    public static Command Create()
    {
        var names = new Argument<string[]>("RULE")
        {
            Description = "Rule files or folders; or, among the rules of -r, ids, file names, titles or parts of one.",
            Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string>("--to", "-t")
        {
            Description = "The format: duckdb, clickhouse, trino or spark (a query over the DNS log), elasticsearch (over ECS events); suricata (signatures), zeek-intel "
                + "(an intelligence file), rpz (a response policy zone), hosts (a hosts file) or domains (a list of names).",
            HelpName = "FORMAT",
            Required = true,
        };
        var sid = new Option<int>("--sid")
        {
            Description = "The first Suricata signature's id; the others follow.",
            HelpName = "N",
            DefaultValueFactory = _ => FirstLocalSid,
        };
        var table = new Option<string>("--table")
        {
            Description = "The table in the queries of SQL: letters, digits, underscores and dots.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "dns_log",
        };
        var isPlain = new Option<bool>("--plain")
        {
            Description = "The table is no DNS log of WireDns: it has a column for each field, as the rules call it after --mapping (QueryName).",
        };
        var output = new Option<string>("--format", "-f") { Description = "How queries are written: as text, or as JSON, an object a rule.", HelpName = "text|json", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        format.AcceptOnlyFromAmong([.. Databases, .. NameFormats]);
        table.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TableName().IsMatch(token.Value))
            {
                result.AddError("--table takes letters, digits, underscores and dots, and begins with a letter.");
            }
        });
        SettingFlags.RequireNumber(sid, 1, int.MaxValue);
        var command = new Command("convert", "Write rules as queries of a database, or the names they ask for in the form of another tool. What is not carried is said on stderr.")
        {
            names,
        };
        var flags = new SettingFlags(command);
        flags.Add(RulePaths.Lookup);
        command.Add(format);
        command.Add(table);
        command.Add(isPlain);
        command.Add(output);
        command.Add(sid);
        flags.Add(RuleSettings.Loading);
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var values = settings.Rules.Load(takesAll: true);
            var catalog = settings.Rules.Paths is { Count: > 0 } paths ? RuleCatalog.Load(paths, values) : null;
            var found = (arguments.GetValue(names) ?? []).SelectMany(name => RulePaths.Find(name, catalog, values))
                .DistinctBy(entry => (Path.GetFullPath(entry.File), entry.Line)).ToList();
            var target = arguments.GetValue(format)!;
            if (Databases.Contains(target))
            {
                return Query(found, target, arguments.GetValue(table)!, arguments.GetValue(isPlain), arguments.GetValue(output) == "json");
            }

            Convert(found, FormatOf(target, arguments.GetValue(sid)), target);
            return ExitStatus.Done;
        });
        return command;
    }

    private static IRuleFormat FormatOf(string name, int sid) => name switch
    {
        "suricata" => new SuricataFormat(sid),
        "zeek-intel" => new ZeekIntelFormat(),
        "rpz" => new ResponsePolicyFormat(),
        "hosts" => new HostsFormat(),
        _ => new DomainListFormat(),
    };

    private static IQueryFormat QueryFormatOf(string name, string table, bool isPlain) => name switch
    {
        "duckdb" => new SqlQueryFormat(new DuckDbDialect(), table, isPlain),
        "clickhouse" => new SqlQueryFormat(new ClickHouseDialect(), table, isPlain),
        "trino" => new SqlQueryFormat(new TrinoDialect(), table, isPlain),
        "spark" => new SqlQueryFormat(new SparkDialect(), table, isPlain),
        _ => new ElasticQueryFormat(isPlain),
    };

    private static int Query(IReadOnlyList<CatalogEntry> entries, string target, string table, bool isPlain, bool isJson)
    {
        var format = QueryFormatOf(target, table, isPlain);
        using var output = StreamTransport.OpenStandardOutput();
        var (written, refused) = (0, 0);
        foreach (var entry in entries)
        {
            // A table of other logs takes rules for any log, as `rules match` does.
            var canRun = entry.Runs || (isPlain && entry.Rule is not null);
            var query = !canRun ? new RuleQuery(null, entry.Reason ?? "it did not load")
                : entry.Rule is null ? new RuleQuery(null, "it is a correlation, which counts events: wiredns hunt runs it")
                : format.Write(entry.Rule);
            written += query.Text is null ? 0 : 1;
            refused += query.Text is null && canRun ? 1 : 0;
            if (query.Refusal is { } reason)
            {
                StandardError.Write(canRun ? $"{entry.File}: '{entry.Name}' is refused: {reason}" : $"{entry.File}: not carried: {reason}");
            }

            if (isJson)
            {
                output.Write(QueryLines.Json(entry, query, format));
            }
            else if (query.Text is not null)
            {
                foreach (var line in QueryLines.Text(entry.Rule!, query.Text, format))
                {
                    output.Write(Encoding.UTF8.GetBytes(line));
                }
            }
        }

        StandardOutput.Check(output.Flush());
        return written == 0 ? throw new CommandFailure(ExitStatus.Usage, $"nothing can be converted to {target}") : refused > 0 ? ExitStatus.Failed : ExitStatus.Done;
    }

    private static void Convert(IReadOnlyList<CatalogEntry> entries, IRuleFormat format, string formatName)
    {
        var rules = new List<ConvertedRule>();
        foreach (var entry in entries)
        {
            if (entry.Correlation is not null)
            {
                Say(entry, "not carried: it is a correlation, which counts events");
                continue;
            }

            if (entry.Rule is null || entry.Coverage is CatalogCoverage.NotDns or CatalogCoverage.Inert)
            {
                Say(entry, $"not carried: {entry.Reason}");
                continue;
            }

            var log = new ConversionLog();
            rules.Add(new ConvertedRule(entry.Rule, NameConditions.Of(entry.Rule, log), log));
        }

        var lines = new List<string>();
        foreach (var rule in rules)
        {
            var converted = rule.Alternatives.Count > 0 ? format.Convert(rule) : [];
            lines.AddRange(converted);
            foreach (var line in rule.Log.Lines)
            {
                StandardError.Write($"{rule.Rule.File}: warning: {line}");
            }

            if (converted.Count == 0)
            {
                StandardError.Write($"{rule.Rule.File}: not carried: nothing of it can be said as {formatName}");
            }
        }

        if (lines.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, $"nothing can be converted to {formatName}");
        }

        using var output = StreamTransport.OpenStandardOutput();
        foreach (var line in format.Begin(rules).Concat(lines))
        {
            output.Write(Encoding.UTF8.GetBytes(line));
        }

        StandardOutput.Check(output.Flush());
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z")]
    private static partial Regex TableName();

    private static void Say(CatalogEntry entry, string text) => StandardError.Write($"{entry.File}: {text}");
}
