using System.Globalization;
using System.Text;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Rules;

/// <summary>What is known about the values of each field of a lookup: its words, its range, and whether it is always present.</summary>
internal static class DnsFieldFacts
{
    private static readonly Dictionary<DnsField, FieldFacts> Own = Build(forZeek: false);
    private static readonly Dictionary<DnsField, FieldFacts> OfZeek = Build(forZeek: true);

    /// <summary>The facts about a field in a rule for this log.</summary>
    public static FieldFacts Of(DnsField field, LogKind log) => (log == LogKind.Zeek ? OfZeek : Own).GetValueOrDefault(field, FieldFacts.None);

    private static Dictionary<DnsField, FieldFacts> Build(bool forZeek)
    {
        var types = Words<DnsRecordType>("a record type", TypeWord, "TYPE", ushort.MaxValue, SuggestType);
        var zeekTypes = forZeek ? Join(types, ZeekWords.OfTypes, ["query-"], ushort.MaxValue) : types;
        var classes = Words<DnsClass>("a class", ClassWord, "CLASS", ushort.MaxValue, SuggestClass);
        var codes = Words<DnsResponseCode>("a response code", CodeWord, "RCODE", 4095, SuggestCode);
        var opcodes = Words<DnsOpcode>("an opcode", OpcodeWord, "OPCODE", 15, SuggestOpcode);
        var boolean = new FieldFacts { Words = forZeek ? ["true", "false", "T", "F"] : ["true", "false"] };
        var always = new FieldFacts { Words = boolean.Words, IsAlwaysThere = true };
        var name = new FieldFacts { HasHexEscapes = forZeek };
        return new Dictionary<DnsField, FieldFacts>
        {
            [DnsField.QuestionName] = name,
            [DnsField.AnswerName] = name,
            [DnsField.Subdomain] = name,
            [DnsField.AnswerData] = new() { HoldsNames = true },
            [DnsField.RegisteredDomain] = new() { HasHexEscapes = forZeek, Refute = RefuteDomain },
            [DnsField.PublicSuffix] = new() { HasHexEscapes = forZeek, Refute = RefuteSuffix },
            [DnsField.RecordType] = types,
            [DnsField.QuestionType] = zeekTypes,
            [DnsField.AnswerType] = types,
            [DnsField.QuestionClass] = forZeek ? Join(classes, ZeekWords.OfClasses, ["qclass-"], ushort.MaxValue) : classes,
            [DnsField.AnswerClass] = classes,
            [DnsField.ResponseCode] = forZeek ? Join(codes, ZeekWords.OfResponseCodes, ["unassigned-", "rcode-"], 4095) : codes,
            [DnsField.Opcode] = Always(forZeek ? Join(opcodes, ZeekWords.OfOpcodes, ["opcode-"], 15) : opcodes),
            [DnsField.Transport] = new()
            {
                Noun = "a transport",
                Words = ["udp", "tcp"],
                IsAlwaysThere = true,
                Suggest = text => text switch { "17" => "write udp", "6" => "write tcp", _ => null },
            },
            [DnsField.HeaderFlags] = new() { Noun = "a header flag", Words = ["AA", "TC", "RD", "RA", "AD", "CD"] },
            [DnsField.MessageKind] = new() { Noun = "a kind of message", Words = [.. MessageKinds.OfQuery, .. MessageKinds.OfResponse], IsAlwaysThere = true },
            [DnsField.Rejected] = boolean,
            [DnsField.Malformed] = always,
            [DnsField.AuthoritativeAnswer] = always,
            [DnsField.TruncatedAnswer] = always,
            [DnsField.TruncatedMessage] = always,
            [DnsField.RecursionDesired] = always,
            [DnsField.RecursionAvailable] = always,
            [DnsField.AuthenticData] = always,
            [DnsField.CheckingDisabled] = always,
            [DnsField.ReservedBits] = Numbers(7, isAlwaysThere: true),
            [DnsField.OpcodeNumber] = Numbers(15, isAlwaysThere: true, SuggestNumber(OpcodeWord, "OPCODE", 15, code => code)),
            [DnsField.MessageId] = Numbers(ushort.MaxValue, isAlwaysThere: true),
            [DnsField.ClientPort] = Numbers(ushort.MaxValue, isAlwaysThere: true),
            [DnsField.ServerPort] = Numbers(ushort.MaxValue, isAlwaysThere: true),
            [DnsField.ClientAddress] = new() { IsAlwaysThere = true },
            [DnsField.ServerAddress] = new() { IsAlwaysThere = true },
            [DnsField.CommunityId] = new() { IsAlwaysThere = true },
            [DnsField.QuestionTypeNumber] = Numbers(ushort.MaxValue, suggest: SuggestNumber(TypeWord, "TYPE", ushort.MaxValue, type => type)),
            [DnsField.QuestionClassNumber] = Numbers(ushort.MaxValue, suggest: SuggestNumber(ClassWord, "CLASS", ushort.MaxValue, value => value)),
            [DnsField.ResponseCodeNumber] = Numbers(4095, suggest: SuggestNumber(CodeWord, "RCODE", 4095, code => code)),
            [DnsField.QueryStatus] = Numbers(9000 + 4095, suggest: SuggestNumber(CodeWord, "RCODE", 4095, code => code == 0 ? 0 : 9000 + code)),
            [DnsField.QuestionLength] = Numbers(DnsName.MaximumWireLength - 2),
            [DnsField.QuestionOctets] = Numbers(DnsName.MaximumWireLength),
            [DnsField.AnswerTimeToLive] = Numbers(uint.MaxValue),
            [DnsField.AnswerCount] = Numbers(ushort.MaxValue),
        };
    }

    private static FieldFacts Numbers(long largest, bool isAlwaysThere = false, Func<string, string?>? suggest = null) => new()
    {
        Range = (new SigmaNumber(0), new SigmaNumber(largest)),
        IsAlwaysThere = isAlwaysThere,
        Suggest = suggest ?? (_ => null),
    };

    // Every number with a word is a member of its enumeration. To ask about all numbers would take most of the time that a small capture takes.
    private static FieldFacts Words<T>(string noun, Func<int, string> word, string prefix, int largest, Func<string, string?> suggest)
        where T : struct, Enum => new()
        {
            Noun = noun,
            Words = [.. Enum.GetValues<T>().Select(value => word(Convert.ToInt32(value, CultureInfo.InvariantCulture))).Where(text => text.Length > 0)],
            NumberedWords = [(prefix, largest)],
            Suggest = suggest,
        };

    private static FieldFacts Join(FieldFacts facts, IReadOnlyList<string> words, IReadOnlyList<string> prefixes, int largest) => new()
    {
        Noun = facts.Noun,
        Words = [.. facts.Words, .. words],
        NumberedWords = [.. facts.NumberedWords, .. prefixes.Select(prefix => (prefix, largest))],
        Suggest = facts.Suggest,
    };

    private static FieldFacts Always(FieldFacts facts) => new()
    {
        Noun = facts.Noun,
        Words = facts.Words,
        NumberedWords = facts.NumberedWords,
        Suggest = facts.Suggest,
        IsAlwaysThere = true,
    };

    private static string TypeWord(int number) => Encoding.ASCII.GetString(DnsMnemonics.Get((DnsRecordType)number));

    private static string ClassWord(int number) => Encoding.ASCII.GetString(DnsMnemonics.Get((DnsClass)number));

    private static string CodeWord(int number) => Encoding.ASCII.GetString(DnsMnemonics.Get((DnsResponseCode)number));

    private static string OpcodeWord(int number) => number > 15 ? "" : Encoding.ASCII.GetString(DnsMnemonics.Get((DnsOpcode)number));

    // A number, TYPE16 and * all stand for a type; suggest the word for it.
    private static string? SuggestType(string text) => SuggestWord(text, text == "*" ? 255 : NumberOf(text, TypeWord, "TYPE", ushort.MaxValue), ushort.MaxValue, TypeWord, "TYPE");

    private static string? SuggestClass(string text) => SuggestWord(
        text,
        ZeekWords.TryParseClass(text, out var value) ? (int)value : text.ToUpperInvariant() switch
        {
            "INTERNET" => 1,
            "CHAOS" => 3,
            "HESIOD" => 4,
            _ => NumberOf(text, ClassWord, "CLASS", ushort.MaxValue),
        }, ushort.MaxValue, ClassWord, "CLASS");

    private static string? SuggestCode(string text) => SuggestWord(
        text,
        text.ToUpperInvariant().Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal) switch
        {
            "SUCCESS" or "OK" => 0,
            "FORMATERROR" => 1,
            "SERVERFAILURE" or "SERVERFAIL" => 2,
            "NAMEERROR" or "NONEXISTENTDOMAIN" or "NXDOMAINERROR" => 3,
            "NOTIMPLEMENTED" or "NOTIMPL" => 4,
            "QUERYREFUSED" => 5,
            var word => NumberOf(word, CodeWord, "RCODE", 4095),
        }, 4095, CodeWord, "RCODE");

    private static string? SuggestOpcode(string text) => SuggestWord(text, NumberOf(text, OpcodeWord, "OPCODE", 15), 15, OpcodeWord, "OPCODE");

    // A plain number, a prefix with a number, or a word.
    private static int? NumberOf(string text, Func<int, string> word, string prefix, int largest)
    {
        var digits = text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : text;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        number = Enumerable.Range(0, largest + 1).FirstOrDefault(value => word(value).Equals(text, StringComparison.OrdinalIgnoreCase), -1);
        return number < 0 ? null : number;
    }

    private static string? SuggestWord(string text, int? number, int largest, Func<int, string> word, string prefix)
    {
        if (number is not { } value || value > largest)
        {
            return null;
        }

        var written = word(value) is { Length: > 0 } known ? known : string.Create(CultureInfo.InvariantCulture, $"{prefix}{value}");
        return written.Equals(text, StringComparison.OrdinalIgnoreCase) ? null : $"write {written}";
    }

    private static Func<string, string?> SuggestNumber(Func<int, string> word, string prefix, int largest, Func<int, int> number) => text =>
        NumberOf(text, word, prefix, largest) is { } value ? string.Create(CultureInfo.InvariantCulture, $"write {number(value)}") : null;

    private static (string Problem, string? Suggestion)? RefuteDomain(string text)
    {
        if (text.StartsWith('.'))
        {
            // The end of a registered domain: the public suffix, or part of one.
            var end = text[1..];
            return PublicSuffixList.Shipped.Value.HasRuleBelow(Encoding.UTF8.GetBytes(end.ToLowerInvariant())) || Split("x" + text).Domain is 0 or < 0
                ? null
                : ($"the field holds the registered domain alone, here {DomainOf(end)}", $"write '{DomainOf(end)}', or use query");
        }

        return Split(text).Domain switch
        {
            0 => null,
            < 0 => ("it is a public suffix, and a registered domain has a label before it", null),
            _ => ($"the field holds the registered domain alone, here {DomainOf(text)}", $"write '{DomainOf(text)}', or use query"),
        };
    }

    private static (string Problem, string? Suggestion)? RefuteSuffix(string text) => !text.StartsWith('.') && Split(text).Suffix is > 0 and var start
        ? ($"the field holds the public suffix alone, here {text[start..]}", $"write '{text[start..]}', or use query")
        : null;

    private static string DomainOf(string name) => name[Math.Max(0, Split(name).Domain)..];

    private static DomainParts Split(string name) => PublicSuffixList.Shipped.Value.Split(Encoding.UTF8.GetBytes(name.ToLowerInvariant()));
}
