using System.Net;

namespace WireDns.Alerts.Noise;

/// <summary>
/// What a user wants to hear nothing of until a date: the alerts of a rule, a client, a name, or of those together. Immutable but for the number of its
/// hits, which any thread may read.
/// </summary>
/// <param name="place">Where it is written, as <c>silences.yml:3</c>.</param>
/// <param name="until">When it ends.</param>
/// <param name="reason">Why it is there, in the user's words.</param>
public sealed class Silence(string place, DateTimeOffset until, string reason)
{
    private long _hits;

    /// <summary>Where it is written.</summary>
    public string Place => place;

    /// <summary>When it ends.</summary>
    public DateTimeOffset Until => until;

    /// <summary>Why it is there. The user's text: escape it before a person sees it.</summary>
    public string Reason => reason;

    /// <summary>A rule's id or title; null for all rules.</summary>
    public string? Rule { get; init; }

    /// <summary>The clients; null for all.</summary>
    public IPNetwork? Client { get; init; }

    /// <summary>A name in presentation form without the final dot, or <c>*.</c> and a name for all names below it; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>How many alerts it has covered.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Whether it covers an alert, whatever the date.</summary>
    public bool Covers(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return HasRule(alert) && HasName(alert.Message.QuestionName)
            && (Client is not { } network || (IPAddress.TryParse(alert.Client.Address, out var address) && network.Contains(address)));
    }

    /// <summary>Whether it says the same as another, wherever the two are written.</summary>
    internal bool IsSameAs(Silence other) => (Until, Reason, Rule, Client, Name) == (other.Until, other.Reason, other.Rule, other.Client, other.Name);

    /// <summary>Counts from where another has got to.</summary>
    internal void Continue(Silence? predecessor) => Interlocked.Add(ref _hits, predecessor?.Hits ?? 0);

    internal void Count() => Interlocked.Increment(ref _hits);

    private bool HasRule(Alert alert) => Rule is null
        || (alert.Anomaly is null && (Rule.Equals(alert.Rule.Id, StringComparison.OrdinalIgnoreCase) || Rule.Equals(alert.Rule.Title, StringComparison.OrdinalIgnoreCase)));

    private bool HasName(string? name)
    {
        if (Name is null || name is null)
        {
            return Name is null;
        }

        if (!Name.StartsWith("*.", StringComparison.Ordinal))
        {
            return Name.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        // A dot that belongs to a label has a backslash before it.
        var dot = name.Length - (Name.Length - 1);
        return dot > 0 && name[dot - 1] != '\\' && name.EndsWith(Name[1..], StringComparison.OrdinalIgnoreCase);
    }
}
