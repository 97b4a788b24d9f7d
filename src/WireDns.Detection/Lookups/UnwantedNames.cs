using System.Runtime.CompilerServices;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Names that no rule wants: those that are known, and any other in whose text nothing is found. Only <see cref="Add"/> changes anything, so that any
/// thread may ask.
/// </summary>
/// <param name="known">Names in which nothing was found.</param>
/// <param name="screen">Tells it of a name's text; null if that is not enough to tell.</param>
/// <param name="responses">Which responses rules on responses do not want; null if there are no such rules.</param>
internal sealed class UnwantedNames(NameCache known, TextScreen? screen, SilentResponses? responses)
{
    // A name has up to 253 octets as text, if none of them is escaped.
    private const int BufferLength = DnsName.MaximumWireLength + (2 * TextScreen.Padding);

    /// <summary>The names that rules do not want; null where the rules on responses want them all.</summary>
    /// <param name="rules">The rules. A name tells that no rule on queries wants it.</param>
    /// <param name="known">Names that are known to be unwanted.</param>
    /// <param name="responses">What is known of the questions of responses.</param>
    public static UnwantedNames? Of(LoadedRules rules, NameCache known, KnownQuestions responses)
    {
        var hasResponseRules = rules.OnResponse.Rules.Count > 0;
        var areSilent = !hasResponseRules || (!rules.CanFireWithoutResponse && rules.OnResponse.NeedsMoreThan(
            (int)DnsField.AnswerData, [(int)DnsField.RecordType, (int)DnsField.AnswerType], ["a", "aaaa"]));
        return !areSilent ? null : new UnwantedNames(
            known, rules.OnQuery.ScreenOf((int)DnsField.QuestionName, DnsFields.OfEscapedNames),
            hasResponseRules ? new SilentResponses(rules.OnResponse.HasRecurringScans ? responses : null) : null);
    }

    /// <summary>
    /// Which responses about such names are not wanted either; null for all. If it is not null, queries about such names are noted
    /// (<see cref="IMessageConsumer.NoteQuery"/>): an alert for the response says where its query was.
    /// </summary>
    public SilentResponses? Responses => responses;

    /// <inheritdoc cref="NameCache.Expect"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(ulong hash) => known.Expect(hash);

    /// <summary>Whether the name is known to be unwanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(ulong hash) => known.Contains(hash);

    /// <summary>Whether nothing is found in the text of a message's name. False is not certain.</summary>
    /// <param name="message">The message.</param>
    /// <param name="glance">What was seen of it.</param>
    [SkipLocalsInit]
    public bool HasNothing(ReadOnlySpan<byte> message, in DnsGlance glance)
    {
        Span<byte> buffer = stackalloc byte[BufferLength];
        return screen is not null && glance.TryWriteFoldedName(message, buffer, TextScreen.Padding, out var length)
            && !screen.HasHits(buffer[..(length + (2 * TextScreen.Padding))]);
    }

    /// <summary>Adds a name to those that are known.</summary>
    public void Add(ulong hash) => known.Add(hash);
}

/// <summary>
/// Responses that no rule on responses matches, as a glance tells: those that were asked for addresses and have nothing else (<see cref="DnsGlance.HasOnlyAddresses"/>),
/// where the rules look for other data.
/// </summary>
/// <param name="known">What is known of questions, where rules look for something in them too; null where they do not.</param>
internal sealed class SilentResponses(KnownQuestions? known)
{
    /// <summary>Whether a response with nothing but addresses is among them.</summary>
    /// <param name="question">The hash of its question (<see cref="Messages.LookupKey.Question"/>).</param>
    public bool Include(ulong question) => known is null || (known.TryFind(question, out var matches) && matches.HasNoHits && matches.Rules.IsEmpty);
}
