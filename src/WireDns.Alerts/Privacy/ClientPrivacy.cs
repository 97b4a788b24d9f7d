using System.Net;

namespace WireDns.Alerts.Privacy;

/// <summary>
/// Takes the addresses of clients out of what leaves the process: alerts and lookups are given to it on their way to the sinks, after rules, silences and suppression,
/// which see the true addresses. Ids are made of <see cref="HideFlow"/> and <see cref="Hide(string, string?)"/> from the start. Immutable, thread-safe.
/// </summary>
/// <param name="addresses">Which addresses are hidden, and how.</param>
public sealed class ClientPrivacy(ClientAddresses addresses)
{
    /// <summary>In the place of a rule's value that was compared with an address of a client.</summary>
    public const string HiddenPattern = "(hidden)";

    /// <summary>Which addresses are hidden, and how.</summary>
    public ClientAddresses Addresses => addresses;

    /// <summary>An alert as it may be written.</summary>
    public Alert Hide(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);

        // The summary of alerts of several clients has none: every address in it may be one of theirs.
        var client = alert.Repeats is not null && alert.Client.Address.Length == 0 ? null : alert.Client.Address;

        // Who asked is not known of a packet that could not be read: both ends count as clients.
        var isWithoutRoles = alert.Anomaly is not null && ReferenceEquals(alert.Message, AlertMessage.None);
        return alert with
        {
            Client = HideClient(alert.Client),
            Server = isWithoutRoles ? HideClient(alert.Server) : alert.Server with { Address = Hide(alert.Server.Address, client) },
            Message = Hide(alert.Message, client),
            Reasons = [.. alert.Reasons.Select(reason => Hide(reason, client))],
            Correlation = alert.Correlation is null ? null : Hide(alert.Correlation, client),
            Repeats = alert.Repeats is null ? null : Hide(alert.Repeats, client),
            CommunityId = null,
        };
    }

    /// <summary>A lookup as it may be written.</summary>
    public DnsLookup Hide(DnsLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        var client = lookup.Client.Address;
        var name = lookup.Question is null ? null : Hide(lookup.Question.Name, client);
        return lookup with
        {
            Client = HideClient(lookup.Client),
            Server = lookup.Server with { Address = Hide(lookup.Server.Address, client) },
            Question = lookup.Question is null ? null : lookup.Question with { Name = name! },
            RegisteredDomain = HideDomain(lookup.RegisteredDomain, lookup.Question?.Name, name),
            Answers = [.. lookup.Answers.Select(answer => Hide(answer, client))],
            Remainder = lookup.Remainder is not { } remainder ? null : remainder with
            {
                QueryName = remainder.QueryName is null ? null : Hide(remainder.QueryName, client),
                FurtherQuestions = [.. remainder.FurtherQuestions.Select(question => question with { Name = Hide(question.Name, client) })],

                // An address may be anywhere in them, also where no text is (RFC 7871).
                QueryOctets = null,
                ResponseOctets = null,
            },
            Zeek = lookup.Zeek is not { } zeek ? null : zeek with
            {
                Query = zeek.Query is null ? null : Hide(zeek.Query, client),
                Answers = [.. zeek.Answers.Select(answer => (Hide(answer.Data, client), answer.TimeToLive))],
            },
            CommunityId = null,
        };
    }

    /// <summary>A text without addresses of clients; the same object if there are none.</summary>
    /// <param name="text">The text of an address, a name, record data: any text.</param>
    /// <param name="client">The client of the lookup at hand, as text; empty if it is not known; null if every address is taken for a client's.</param>
    public string Hide(string text, string? client)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> octets = stackalloc byte[16];
        return AddressText.Hide(text, addresses, octets[..Read(client, octets)], hidesAll: client is null);
    }

    /// <summary>The text of an address that is a client's by its role.</summary>
    public string HideClient(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Hide(address, address);
    }

    /// <summary>Hides the two ends of a lookup, each of 4 or 16 octets, as they go into an id.</summary>
    public void HideFlow(Span<byte> client, Span<byte> server)
    {
        if (addresses.IsClient(server, client))
        {
            addresses.Hide(server);
        }

        addresses.Hide(client);
    }

    private static int Read(string? address, Span<byte> octets) => IPAddress.TryParse(address, out var parsed) && parsed.TryWriteBytes(octets, out var length) ? length : 0;

    private AlertEndpoint HideClient(AlertEndpoint end) => end with { Address = HideClient(end.Address) };

    private AlertMessage Hide(AlertMessage message, string? client)
    {
        if (ReferenceEquals(message, AlertMessage.None))
        {
            return message; // formats know it by itself
        }

        var name = message.QuestionName is null ? null : Hide(message.QuestionName, client);
        return message with
        {
            QuestionName = name,
            RegisteredDomain = HideDomain(message.RegisteredDomain, message.QuestionName, name),
            Answers = [.. message.Answers.Select(answer => Hide(answer, client))],
            ResolvedAddresses = [.. message.ResolvedAddresses.Select(address => Hide(address, client))],
        };
    }

    private AlertAnswer Hide(AlertAnswer answer, string? client) => answer with { Name = Hide(answer.Name, client), Data = Hide(answer.Data, client) };

    // What the rule compares an address with would tell the address.
    private AlertReason Hide(AlertReason reason, string? client)
    {
        var value = Hide(reason.Value, client);
        return ReferenceEquals(value, reason.Value)
            ? reason with { Pattern = Hide(reason.Pattern, client) }
            : reason with { Pattern = HiddenPattern, Value = value, Start = 0, Length = value.Length };
    }

    private AlertCorrelation Hide(AlertCorrelation correlation, string? client) => correlation with
    {
        Group = [.. correlation.Group.Select(group => group with { Value = Hide(group.Value, client) })],
        Events =
        [
            .. correlation.Events.Select(one => one with
            {
                Client = HideClient(one.Client),
                QuestionName = one.QuestionName is null ? null : Hide(one.QuestionName, one.Client.Address),
            }),
        ],
    };

    private AlertRepeats Hide(AlertRepeats repeats, string? client)
    {
        var names = repeats.Names.Select(name => Hide(name, client)).ToList();
        var domain = repeats.Domain is null ? null : Hide(repeats.Domain, client);
        for (var i = 0; i < names.Count; i++)
        {
            domain = HideDomain(domain, repeats.Names[i], names[i]);
        }

        return repeats with { Names = names, Domain = domain };
    }

    /// <summary>The domain of a name that was changed: as many labels of the changed name.</summary>
    private static string? HideDomain(string? domain, string? name, string? hidden)
    {
        if (domain is null || name is null || hidden is null || ReferenceEquals(name, hidden) || !name.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
        {
            return domain;
        }

        // No label was added or taken away, so dots can be counted from the end.
        var dots = domain.AsSpan().Count('.') + 1;
        var start = hidden.Length;
        while (start > 0 && (hidden[start - 1] != '.' || --dots > 0))
        {
            start--;
        }

        return hidden[start..];
    }
}
