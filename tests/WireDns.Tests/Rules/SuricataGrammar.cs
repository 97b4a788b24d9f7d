using System.Globalization;
using System.Text.RegularExpressions;

namespace WireDns.Tests.Rules;

/// <summary>
/// Checks signatures against the rule language of Suricata's user guide (Rules Format, Meta Keywords, Payload Keywords, DNS Keywords,
/// Transformations), as far as ours use it: anything else is a fault. Signatures checked by one object share a rule file, so ids must not repeat.
/// </summary>
internal sealed partial class SuricataGrammar
{
    private const int MaximumContent = 255;

    private readonly HashSet<uint> _sids = [];

    /// <summary>The faults of a signature; none if Suricata would take it.</summary>
    public List<string> Check(string line)
    {
        var faults = new List<string>();
        if (Signature().Match(line) is not { Success: true } match)
        {
            return ["it is not: alert dns any any -> any any (options)"];
        }

        if (ReadOptions(match.Groups["options"].Value, faults) is not { } options)
        {
            return faults;
        }

        CheckMeta(options, faults);
        CheckBuffer(options, faults);
        return faults;
    }

    /// <summary>Keywords and values as they are written: a semicolon ends an option unless a backslash precedes it.</summary>
    private static List<(string Keyword, string? Value)>? ReadOptions(string text, List<string> faults)
    {
        var options = new List<(string Keyword, string? Value)>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ';')
            {
                var option = Option().Match(text[start..i]);
                if (!option.Success)
                {
                    faults.Add($"'{text[start..i]}' is no option");
                    return null;
                }

                options.Add((option.Groups["keyword"].Value, option.Groups["value"] is { Success: true } value ? value.Value : null));
                start = i + 1;
            }
        }

        if (start != text.Length)
        {
            faults.Add("the last option has no semicolon after it");
            return null;
        }

        return options;
    }

    private void CheckMeta(List<(string Keyword, string? Value)> options, List<string> faults)
    {
        foreach (var keyword in new[] { "msg", "sid", "rev", "priority", "dns.query" })
        {
            Require(options.Count(option => option.Keyword == keyword) == 1, $"{keyword} stands once", faults);
        }

        Require(options.Count(option => option.Keyword == "metadata") <= 1, "metadata stands once at most", faults);
        Require(options[0].Keyword == "msg", "msg is first", faults);
        foreach (var (keyword, value) in options)
        {
            switch (keyword)
            {
                case "msg":
                    Require(value is not null && Message().IsMatch(value), "msg is in quotes, and has a backslash before each quote, semicolon and backslash", faults);
                    break;
                case "sid":
                    Require(uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var sid) && sid > 0, "sid is a number from 1 to 4294967295", faults);
                    Require(_sids.Add(sid), $"sid {sid} is not another signature's", faults);
                    break;
                case "rev":
                    Require(uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > 0, "rev is a number from 1", faults);
                    break;
                case "priority":
                    Require(byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority > 0, "priority is from 1 to 255", faults);
                    break;
                case "reference":
                    Require(value is not null && Reference().IsMatch(value), "reference is url,PAGE, and begins like a host name", faults);
                    break;
                case "metadata":
                    Require(value is not null && Metadata().IsMatch(value), "metadata is KEY VALUE, KEY VALUE …", faults);
                    break;
            }
        }
    }

    // What follows a sticky buffer is about it: transformations first, then contents, each followed by its own modifiers.
    private static void CheckBuffer(List<(string Keyword, string? Value)> options, List<string> faults)
    {
        var (modifiers, modifiersBefore) = (new HashSet<string>(), new HashSet<string>());
        var (isInBuffer, hasDotPrefix, contents) = (false, false, 0);
        foreach (var (keyword, value) in options)
        {
            switch (keyword)
            {
                case "dns.query":
                    Require(value is null && contents == 0, "dns.query has no value and stands before what it is about", faults);
                    isInBuffer = true;
                    break;
                case "dotprefix":
                    Require(value is null && isInBuffer && contents == 0 && !hasDotPrefix, "dotprefix comes right after the buffer", faults);
                    hasDotPrefix = true;
                    break;
                case "content":
                    Require(isInBuffer, "a content comes after its buffer", faults);
                    CheckContent(value, faults);
                    (modifiersBefore, modifiers) = (modifiers, []);
                    contents++;
                    break;
                case "nocase" or "startswith" or "endswith":
                    Require(value is null, $"{keyword} has no value", faults);
                    AddModifier(keyword);
                    break;
                case "distance":
                    Require(value == "0" && contents > 1, "distance is from a content before", faults);
                    Require(!modifiersBefore.Contains("endswith") && !modifiersBefore.Contains("isdataat"), "nothing follows the end", faults);
                    AddModifier(keyword);
                    break;
                case "isdataat":
                    Require(value == "!1,relative", "isdataat is !1,relative", faults);
                    AddModifier(keyword);
                    break;
                case "msg" or "sid" or "rev" or "priority" or "reference" or "metadata":
                    Require(keyword == "msg" || contents > 0, $"{keyword} comes after the contents", faults);
                    break;
                default:
                    faults.Add($"{keyword} is no keyword that ours use");
                    break;
            }
        }

        Require(contents > 0, "there is a content", faults);

        void AddModifier(string keyword)
        {
            Require(contents > 0, $"{keyword} comes after a content", faults);
            Require(modifiers.Add(keyword), $"{keyword} stands once for a content", faults);
            Require(!modifiers.Contains("distance") || (!modifiers.Contains("startswith") && !modifiers.Contains("endswith")), "startswith and endswith have no distance", faults);
        }
    }

    private static void CheckContent(string? value, List<string> faults)
    {
        if (value is null || Content().Match(value) is not { Success: true } match)
        {
            faults.Add($"content {value} is not in quotes, or has characters that have to be written in hexadecimal, or broken hexadecimal");
            return;
        }

        var length = match.Groups["plain"].Captures.Count + match.Groups["byte"].Captures.Count;
        Require(length is > 0 and <= MaximumContent, $"a content has 1 to {MaximumContent} bytes", faults);
    }

    private static void Require(bool holds, string rule, List<string> faults)
    {
        if (!holds)
        {
            faults.Add($"not so: {rule}");
        }
    }

    [GeneratedRegex(@"\Aalert dns any any -> any any \((?<options>[^\x00-\x1f\x7f]*)\)\z")]
    private static partial Regex Signature();

    [GeneratedRegex(@"\A ?(?<keyword>[a-z]+(\.[a-z]+)?)(:(?<value>.+))?\z")]
    private static partial Regex Option();

    [GeneratedRegex("""\A"([^"\\;]|\\["\\;])+"\z""")]
    private static partial Regex Message();

    // Printable ASCII without those that have a meaning in a content or an option.
    [GeneratedRegex("""\A"((?<plain>[\x21-\x7e-[|":;\\]])|\|(?<byte>[0-9A-F]{2})( (?<byte>[0-9A-F]{2}))*\|)+"\z""")]
    private static partial Regex Content();

    [GeneratedRegex(@"\Aurl,[A-Za-z0-9][\x21-\x7e-["";\\,|]]*\z")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+ [A-Za-z0-9_-]+(, [A-Za-z0-9_-]+ [A-Za-z0-9_-]+)*\z")]
    private static partial Regex Metadata();
}
