using WireDns.Sigma;

namespace WireDns.Detection.Rules;

/// <summary>Explains why a field is not on the wire: what it is, if known, or which name was probably meant.</summary>
internal static class AbsentFields
{
    // Matched against the start of a name without its separators; the first match wins.
    private static readonly (string What, string[] Beginnings)[] Kinds =
    [
        ("the program that asked", ["image", "process", "commandline", "parentimage", "parentcommandline", "parentprocess", "originalfilename", "initiatingprocess",
            "clientpid", "pid", "currentdirectory", "integritylevel", "signature", "signed", "company", "product", "fileversion", "application", "contextbasefilename",
            "targetprocess", "sourceprocess", "sourceimage", "targetimage", "callingprocess"]),
        ("of another protocol", ["url", "uri", "http", "csuri", "cshost", "csmethod", "csuseragent", "cscookie", "scstatus", "useragent", "tls", "ssl", "smtp", "ja3", "ja4"]),
        ("the user", ["user", "subjectuser", "targetuser", "account", "logonid", "logonguid", "sid", "principaluser", "actor", "suser", "duser"]),
        ("the host's own name", ["computer", "host", "device", "agent", "srchost", "sourcehost", "dvc", "observer", "sensor", "endpoint", "workstation", "machine"]),
        ("a file", ["file", "targetfilename", "hash", "md5", "sha1", "sha256", "imphash", "path"]),
        ("what other sources know of a name or an address", ["geo", "destinationgeo", "sourcegeo", "threat", "reputation", "category", "domaincategory", "urlcategory",
            "sourceas", "destinationas", "asn", "country", "whois", "registrar", "domainage", "tags", "labels"]),
        ("an event of Windows", ["eventid", "eventtype", "eventcode", "channel", "providername", "winlog", "task", "keywords", "opcodedisplayname", "rulename", "queryoptions"]),
        ("of the link", ["vlan", "networkvlan", "interface", "iniface", "mac", "srcmac", "dstmac", "sourcemac", "destinationmac"]),
        ("about the connection as a whole", ["bytes", "sourcebytes", "destinationbytes", "networkbytes", "networkpackets", "duration", "eventduration", "uid", "connstate", "origbytes",
            "respbytes", "sawquery", "sawreply"]),
    ];

    /// <summary>The fields, each with what it is: <c>Image (the program that asked)</c>.</summary>
    public static string Describe(IEnumerable<string> names) => string.Join(", ", names.Select(name => KindOf(name) is { } kind ? $"{name} ({kind})" : name));

    /// <summary>
    /// Why a rule cannot have these fields: <c>Image, which no wire carries: it is the program that asked</c>. An unknown name is reported as
    /// unknown, with the most similar known name.
    /// </summary>
    public static string Explain(IReadOnlyList<string> names)
    {
        var reason = $"{string.Join(", ", names)}, which no wire carries";
        var known = names.Where(name => KindOf(name) is not null).ToList();
        var unknown = names.Except(known, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            reason += names.Count == 1 ? ": no field of a lookup is called so" : $": no field of a lookup is called {string.Join(", ", unknown)}";
            return unknown.Select(Suggest).FirstOrDefault(text => text is not null) is { } suggestion ? $"{reason}; {suggestion}" : reason;
        }

        return known.Count == 1 ? $"{reason}: it is {KindOf(known[0])}" : reason;
    }

    /// <summary>What to tell the author about an unknown name; null if the field is known not to be on the wire.</summary>
    public static string? DescribeUnknown(string name) => KindOf(name) is not null
        ? null
        : $"'{name}' is the name of no field of a lookup{(Suggest(name) is { } suggestion ? $"; {suggestion}" : "")}";

    private static string? Suggest(string name) => Spelling.Suggest(name, FieldNames.OfSigma.Concat(FieldNames.OfOthers));

    private static string? KindOf(string name)
    {
        foreach (var form in FieldNames.Within(name).Append(name).Select(FieldNames.Simplify))
        {
            foreach (var (what, beginnings) in Kinds)
            {
                if (beginnings.Any(beginning => form.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)))
                {
                    return what;
                }
            }
        }

        return null;
    }
}
