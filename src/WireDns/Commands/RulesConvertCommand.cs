using System.CommandLine;
using System.Text;
using WireDns.Alerts.Transports;
using WireDns.RuleTools;
using WireDns.RuleTools.Conversion;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules convert</c>: writes the names that rules look for in the formats of other tools.</summary>
internal static class RulesConvertCommand
{
    // The range reserved for local rules (https://sidallocation.org).
    private const int FirstLocalSid = 1_000_000;

    public static Command Create()
    {
        var names = new Argument<string[]>("RULE")
        {
            Description = "Rule files or folders; or, among the rules of -r, ids, file names, titles or parts of one.",
            Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string>("--to", "-t")
        {
            Description = "The format: Suricata signatures, a Zeek intelligence file, a response policy zone, a hosts file or a list of names.",
            HelpName = "suricata|zeek-intel|rpz|hosts|domains",
            Required = true,
        };
        var sid = new Option<int>("--sid")
        {
            Description = "The first Suricata signature's id; the others follow.",
            HelpName = "N",
            DefaultValueFactory = _ => FirstLocalSid,
        };
        format.AcceptOnlyFromAmong("suricata", "zeek-intel", "rpz", "hosts", "domains");
        SettingFlags.RequireNumber(sid, 1, int.MaxValue);
        var command = new Command("convert", "Write what another tool can carry of rules: the names they ask for. The rest is said on stderr.")
        {
            names,
        };
        var flags = new SettingFlags(command);
        flags.Add(RulePaths.Lookup);
        command.Add(format);
        command.Add(sid);
        flags.Add(RuleSettings.Loading);
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var values = settings.Rules.Load(takesAll: true);
            var catalog = settings.Rules.Paths is { Count: > 0 } paths ? RuleCatalog.Load(paths, values) : null;
            var found = (arguments.GetValue(names) ?? []).SelectMany(name => RulePaths.Find(name, catalog, values))
                .DistinctBy(entry => (Path.GetFullPath(entry.File), entry.Line));
            IRuleFormat output = arguments.GetValue(format) switch
            {
                "suricata" => new SuricataFormat(arguments.GetValue(sid)),
                "zeek-intel" => new ZeekIntelFormat(),
                "rpz" => new ResponsePolicyFormat(),
                "hosts" => new HostsFormat(),
                _ => new DomainListFormat(),
            };
            Convert([.. found], output, arguments.GetValue(format)!);
            return ExitStatus.Done;
        });
        return command;
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

    private static void Say(CatalogEntry entry, string text) => StandardError.Write($"{entry.File}: {text}");
}
