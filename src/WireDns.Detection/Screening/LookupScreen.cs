using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Screening;

/// <summary>
/// Tells from a few facts of a logged lookup that no rule matches it, so that its messages need not be made again. Each rule is weakened twice, to what the question's name
/// decides and to what headers and types decide, and the two are compiled like any rule: a lookup that does not match both does not match the rule. One thread at a time.
/// </summary>
/// <remarks>It holds for sound messages with one question, that of the log. What a message is to other messages of its lookup is not asked: <see cref="MayMatchQuestion"/>.</remarks>
public sealed class LookupScreen
{
    private static readonly DnsFields Schema = new();

    private readonly NameScreen _names;
    private readonly HeaderScreen _headers;

    private LookupScreen(LoadedRules rules)
    {
        _names = new NameScreen(rules);
        _headers = new HeaderScreen(rules);
    }

    /// <summary>Whether a verdict depends on the case of a name's letters: then only names that have no capitals can be screened.</summary>
    public bool MindsCase => _names.MindsCase;

    /// <summary>Whether the types of answers have a part in it; otherwise none need be given.</summary>
    public bool MindsAnswerTypes => _headers.MindsAnswerTypes;

    /// <summary>The screen for rules; null if one of them may match any lookup, as far as names, headers and types tell.</summary>
    public static LookupScreen? Of(LoadedRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var screen = new LookupScreen(rules);
        return Enumerable.Range(0, rules.Compiled.Count).Any(rule => screen._names.TakesAny(rule) && screen._headers.TakesAny(rule)) ? null : screen;
    }

    /// <summary>What headers and types decide. Takes microseconds: keep it for other lookups with the same.</summary>
    /// <param name="header">The header.</param>
    /// <param name="answerTypes">The types of the answers as the log writes them, each once.</param>
    public HeaderVerdict Judge(in LookupHeader header, IReadOnlyList<byte[]> answerTypes) => _headers.Judge(header, answerTypes);

    /// <summary>Sets the question's name for what follows.</summary>
    /// <param name="name">The name in presentation form, in lower case.</param>
    public void SetName(ReadOnlySpan<byte> name) => _names.Set(name);

    /// <summary>Whether a rule may match any lookup of the name that was set.</summary>
    public bool MayMatchName() => _names.MayMatchAny();

    /// <summary>Whether a rule may match a message of any shape, as far as its names tell. The name that was set stays.</summary>
    /// <param name="message">The message, whether it was cut or not.</param>
    /// <param name="isResponse">Whether it was sent by the server.</param>
    public bool MayMatchNamesIn(ReadOnlySpan<byte> message, bool isResponse) => _names.MayMatchIn(message, isResponse);

    /// <summary>Whether a rule may match a lookup with this header and the name that was set.</summary>
    public bool MayMatch(HeaderVerdict header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return _names.MayMatch(header.Rules);
    }

    /// <summary>Whether a rule may match a lookup with the same question, whatever its flags, response and answers.</summary>
    public bool MayMatchQuestion(HeaderVerdict header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return _names.MayMatch(header.RulesOfQuestion);
    }

    /// <summary>A rule with only the leaves about some fields; null if nothing is left of it that could fail.</summary>
    internal static SigmaRule? Weaken(SigmaRule rule, Func<int, bool> isKnown) => rule.WeakenTo(match =>
    {
        // Of two fields that are compared both would have to be known.
        if (match.Field is null || (!match.HasPlaceholders && match.Values.Any(value => value is FieldReferenceValue)))
        {
            return false;
        }

        // A field that no event has is known to be missing.
        return !Schema.TryResolve(match.Field, rule.LogSource, out var field) || (isKnown(field.Id) && (field.SpellingsId is not { } other || isKnown(other)));
    });
}

/// <summary>What a screen looks at of a lookup's headers and question.</summary>
/// <param name="Type">The question's type.</param>
/// <param name="Class">The question's class.</param>
/// <param name="QueryFlags">The 16 bits of the query's header; null if it was not seen.</param>
/// <param name="ResponseFlags">The 16 bits of the response's header; null without a response.</param>
/// <param name="ResponseCode">The response code, with the upper bits of an OPT record.</param>
public readonly record struct LookupHeader(ushort Type, ushort Class, ushort? QueryFlags, ushort? ResponseFlags, int ResponseCode);

/// <summary>Which rules a lookup's header leaves open: <see cref="LookupScreen.Judge"/>. Immutable.</summary>
public sealed class HeaderVerdict
{
    internal HeaderVerdict(RuleBits rules, RuleBits rulesOfQuestion) => (Rules, RulesOfQuestion) = (rules, rulesOfQuestion);

    internal RuleBits Rules { get; }

    internal RuleBits RulesOfQuestion { get; }
}
