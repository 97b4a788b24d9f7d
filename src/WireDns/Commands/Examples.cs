namespace WireDns.Commands;

/// <summary>The examples that the help of each command shows. A test parses them.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, (string Line, string Meaning)[]> All = new(StringComparer.Ordinal)
    {
        [""] =
        [
            ("wiredns read suspicious.pcap -r rules/", "match a capture against the shipped rules"),
            ("sudo wiredns live -i eth1 -r rules/ -o stdout -o syslog", "watch an interface"),
            ("wiredns report suspicious.pcap -r rules/ -o report.html", "a report to hand on"),
        ],
        ["read"] =
        [
            ("wiredns read suspicious.pcap -r rules/", "the alerts of a capture, a line each"),
            ("wiredns read captures/ -r rules/ -f ecs -q > alerts.json", "all captures of a folder, as JSON lines"),
            ("wiredns read big.pcap.gz -r rules/ --since +10m --client 10.0.0.0/8 -f table", "the alerts about some clients, from the 11th minute on"),
            ("wiredns read --manifest m.jsonl --shard 0 -r rules/ -o parquet:out", "a shard of an archive, or the rest of it"),
            ("zcat big.pcap.gz | wiredns read - -r rules/ --fail-on high", "from standard input; exit status 3 if a high one is there"),
        ],
        ["live"] =
        [
            ("wiredns live -i eth1 -r rules/", "one interface, alerts on standard output"),
            ("wiredns live -i eth1 -r rules/ --ui -o file:alerts.txt", "the same full-screen: rates, drops, targets, tops, alerts"),
            ("wiredns live -i eth1 -i eth2 -r rules/ -o syslog+tls://siem.example.com", "the two directions of a tap, to a SIEM"),
            ("wiredns live -i eth1 -r rules/ --signals kafka://kafka:9092/wiredns.signals", "one of many sensors: wiredns correlate runs the correlations"),
            ("wiredns live --config /etc/wiredns/wiredns.yml", "all settings from a file"),
        ],
        ["hunt"] =
        [
            ("wiredns hunt log/ -r rules/", "the alerts that new rules find in a DNS log"),
            ("wiredns hunt log/ -r rules/ --since 2026-11-01 --client 10.0.0.0/8 -f ecs", "since a day, of some clients, as JSON"),
            ("wiredns hunt log/ --sql 'SELECT qname, count(*) FROM lookups GROUP BY ALL'", "how often each name was asked for, by DuckDB"),
        ],
        ["shard"] = [("wiredns shard archive/ --count 4 -o m.jsonl", "divide an archive among four processors or machines")],
        ["correlate"] =
        [
            ("wiredns correlate --from kafka://kafka:9092/wiredns.signals -r rules/dns", "the correlations of all sensors, alerts on standard output"),
            ("wiredns correlate --from kafka://a:9092,b:9092/signals -r rules/ --delay 10", "two brokers, and sensors that are slow to send"),
        ],
        ["log load"] =
        [
            ("wiredns log load --from kafka://kafka:9092/wiredns.dns -o parquet:/srv/dns", "the lookups of all sensors, for hunt"),
        ],
        ["decode"] = [("wiredns decode capture.pcap | jq -r '.questions[].name'", "the names of all questions")],
        ["inspect"] = [("wiredns inspect capture.pcap#9 -r rules/", "packet 9: its layers, its messages, and why rules match or not")],
        ["report"] =
        [
            ("wiredns report captures/ -r rules/ -o report.html", "one page of all captures of a folder"),
            ("wiredns report capture.pcap -r rules/ -o report.html --navigator layer.json", "with a layer for the ATT&CK Navigator"),
        ],
        ["summary"] = [("wiredns summary captures/ -r rules/", "what is in each capture")],
        ["stats"] = [("wiredns stats capture.pcap --top 20", "the 20 most frequent of everything")],
        ["selftest"] = [("wiredns selftest --zone canary.example.net --resolver 192.0.2.53", "does the sensor of this machine see, match and deliver?")],
        ["interfaces"] = [("wiredns interfaces", "what live can capture from")],
        ["config check"] = [("wiredns config check --config wiredns.yml", "is the file right?")],
        ["config show"] = [("WIREDNS_QUEUE=100 wiredns config show --config wiredns.yml", "what is in effect, and where it comes from")],
        ["config schema"] = [("wiredns config schema > wiredns.schema.json", "for an editor")],
        ["config example"] = [("wiredns config example > wiredns.yml", "every key, with its meaning")],
        ["health"] = [("wiredns health --ready --config /etc/wiredns/wiredns.yml", "does the sensor see every interface, and reach every target?")],
        ["man"] = [("wiredns man rules try | man -l -", "the page of 'wiredns rules try'"), ("wiredns man --folder share/man/man1", "all pages, as a package has them")],
        ["completion"] = [("wiredns completion bash > /etc/bash_completion.d/wiredns", "completions for bash; fish and zsh have folders of their own")],
        ["ctl status"] = [("wiredns ctl status", "does it see, and does it deliver?")],
        ["ctl counters"] = [("wiredns ctl counters --json | jq .result.counters.ledger", "the ledger as it is now")],
        ["ctl rules"] = [("wiredns ctl rules", "what runs, and what fires")],
        ["ctl interfaces"] = [("wiredns ctl interfaces", "each interface with its state")],
        ["ctl reload"] = [("wiredns ctl reload", "other rules, or the reason why not")],
        ["ctl reopen"] = [("wiredns ctl reopen", "in the script that rotates logs")],
        ["ctl silence list"] = [("wiredns ctl silence list", "what is silenced, until when and why")],
        ["ctl silence add"] = [("wiredns ctl silence add --client 192.0.2.7 --for 2h --reason scan", "nothing of this client for two hours")],
        ["ctl silence remove"] = [("wiredns ctl silence remove ctl-1", "end it now")],
        ["ctl tail"] = [("wiredns ctl tail --level high", "alerts as they come, until Ctrl-C")],
        ["rules new"] = [("wiredns rules new -O my-rule.yml", "a rule that loads as it stands, and a test of it")],
        ["rules fields"] = [("wiredns rules fields answer", "the fields about answers")],
        ["rules schema"] = [("wiredns rules schema > sigma-dns.schema.json", "for an editor")],
        ["rules try"] =
        [
            ("wiredns rules try my-rule.yml capture.pcap", "what it hits, and what it just misses"),
            ("wiredns rules try my-rule.yml --why capture.pcap#9", "why it does not match packet 9"),
        ],
        ["rules check"] = [("wiredns rules check rules/ --strict", "every fault, with its place; exit status 2 if there is one")],
        ["rules list"] = [("wiredns rules list rules/ --level high", "the rules of level high and critical")],
        ["rules show"] = [("wiredns rules show 3CX -r rules/", "a rule in words")],
        ["rules coverage"] = [("wiredns rules coverage sigma/rules/", "what of a collection runs on the wire")],
        ["rules match"] = [("wiredns rules match rules/ --events events.jsonl", "which events hit which rules")],
        ["rules test"] = [("wiredns rules test rules/", "run the test cases beside the rules")],
        ["rules convert"] =
        [
            ("wiredns rules convert 3CX -r rules/ --to rpz", "the names of a rule as a response policy zone"),
            ("wiredns rules convert rules/ --to duckdb > hunt.sql", "all rules as queries over a DNS log in Parquet"),
            ("wiredns rules convert rules/ --to duckdb --plain --table sysmon", "the same over a table with Sysmon's fields"),
        ],
    };

    /// <summary>The examples of a command.</summary>
    /// <param name="path">Its words without the program's name: rules check.</param>
    public static IReadOnlyList<(string Line, string Meaning)> Of(string path) => All.GetValueOrDefault(path) ?? [];
}
