using WireDns.Wire.Dns;

namespace WireDns.Detection.Lookups;

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
