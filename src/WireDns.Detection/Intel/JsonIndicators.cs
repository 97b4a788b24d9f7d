using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WireDns.Detection.Intel;

/// <summary>
/// Finds the indicators in JSON of STIX 2.1 (bundles, envelopes of TAXII, objects by themselves) and of MISP (events, attributes, their responses), wherever
/// they are in it. Holds the known members of the objects that are open, and no more.
/// </summary>
internal sealed class JsonIndicators(IntelReading reading)
{
    // A pattern may name thousands of domains; no other text needs as much.
    private const int MaximumText = 1 << 20;
    private const int MaximumLabels = 16;
    private const int MaximumShownLength = 80;

    private readonly Stack<OpenObject> _open = [];
    private readonly List<string> _names = [];
    private bool _isStix;
    private bool _isMisp;

    /// <summary>Reads the file.</summary>
    public void Read(Stream stream)
    {
        var tokens = new JsonTokens(stream);
        var member = default(Member);
        while (tokens.TryRead(out var token))
        {
            switch (token.TokenType)
            {
                case JsonTokenType.PropertyName:
                    member = MemberOf(token);
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    var isArray = token.TokenType == JsonTokenType.StartArray;

                    // The objects of an array are under the array's name.
                    _open.Push(new OpenObject(_open.TryPeek(out var outer) && outer.IsArray ? outer.Name : member, isArray, tokens.Line, tokens.Column));
                    break;
                case JsonTokenType.EndObject:
                    End(_open.Pop());
                    break;
                case JsonTokenType.EndArray:
                    EndArray(_open.Pop());
                    break;
                case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False when _open.TryPeek(out var open):
                    if (open.IsArray)
                    {
                        AddItem(open, token);
                    }
                    else if (member != Member.Other)
                    {
                        open.Texts[member] = TextOf(token);
                    }

                    break;
            }

            member = Member.Other;
        }

        Finish(tokens);
    }

    private void Finish(JsonTokens tokens)
    {
        reading.List.Format = _isMisp && !_isStix ? "misp" : "stix";
        var place = string.Create(CultureInfo.InvariantCulture, $"{reading.List.File}:{tokens.Line}:{tokens.Column}: ");
        reading.List.Fault = tokens.Fault is not null ? place + tokens.Fault
            : _open.Count > 0 ? place + "expected more JSON, found the end of the file"
            : !_isStix && !_isMisp ? $"{reading.List.File}:1:1: expected a bundle of STIX or an export of MISP, found other JSON"
            : null;
    }

    private void End(OpenObject ended)
    {
        switch (ended.Name)
        {
            case Member.Tag when ended.Texts.TryGetValue(Member.Name, out var tag):
                // The object is in an array, which belongs to the attribute or event.
                Owner()?.AddLabel(tag);
                break;
            case Member.Attribute:
                _isMisp = true;
                EndAttribute(ended);
                break;
            case Member.Event or Member.Response:
                _isMisp = true;
                break;
            default:
                EndStix(ended);
                break;
        }
    }

    private OpenObject? Owner() => _open.FirstOrDefault(open => !open.IsArray);

    // Of labels that are texts, to the object around them.
    private void EndArray(OpenObject ended)
    {
        if (ended.Name == Member.Labels && _open.TryPeek(out var owner))
        {
            ended.Labels.ForEach(owner.AddLabel);
        }

        _isMisp |= ended.Name == Member.Attribute;
    }

    private static void AddItem(OpenObject array, in Utf8JsonReader token)
    {
        if (array.Name == Member.Labels && token.TokenType == JsonTokenType.String)
        {
            array.AddLabel(TextOf(token));
        }
    }

    private void EndStix(OpenObject ended)
    {
        var type = ended.Texts.GetValueOrDefault(Member.Type);
        var id = ended.Texts.GetValueOrDefault(Member.Id);
        if (type == "indicator" && ended.Texts.ContainsKey(Member.Pattern) && id?.StartsWith("indicator--", StringComparison.Ordinal) != true)
        {
            _isStix = true;
            reading.Fault(ended.Line, $"expected an indicator with an id as indicator--UUID, found {(id is null ? "none" : $"'{id[..Math.Min(id.Length, MaximumShownLength)]}'")}");
            return;
        }

        if (type is null || id is null || !id.StartsWith(type + "--", StringComparison.Ordinal))
        {
            return;
        }

        _isStix = true;
        if (type == "domain-name")
        {
            Refuse(IntelRefusal.Observed, ended);
        }
        else if (type == "indicator")
        {
            EndIndicator(ended, id);
        }
    }

    private void EndIndicator(OpenObject ended, string id)
    {
        if (IsTrue(ended, Member.Revoked))
        {
            Refuse(IntelRefusal.TakenBack, ended);
            return;
        }

        // Before 2.1 there was no other language.
        var refusal = ended.Texts.GetValueOrDefault(Member.PatternType, "stix") == "stix" && ended.Texts.TryGetValue(Member.Pattern, out var pattern)
            ? StixPattern.Read(pattern, _names)
            : IntelRefusal.Pattern;
        if (refusal != IntelRefusal.None)
        {
            Refuse(refusal, ended);
            return;
        }

        var detail = new IndicatorDetail
        {
            Id = id,
            Title = ended.Texts.GetValueOrDefault(Member.Name),
            Labels = ended.Labels,
            Confidence = int.TryParse(ended.Texts.GetValueOrDefault(Member.Confidence), NumberStyles.None, CultureInfo.InvariantCulture, out var confidence) && confidence <= 100 ? confidence : null,
            ValidFrom = TimeOf(ended, Member.ValidFrom)?.ToUnixTimeSeconds(),
            ValidUntil = TimeOf(ended, Member.ValidUntil),
        };
        Add(ended, detail);
    }

    private void EndAttribute(OpenObject ended)
    {
        if (!ended.Texts.TryGetValue(Member.Type, out var type) || !ended.Texts.TryGetValue(Member.Value, out var value))
        {
            Refuse(IntelRefusal.BadEntry, ended);
            return;
        }

        var refusal = MispAttribute.Judge(type, isTakenBack: IsTrue(ended, Member.Deleted), isForDetection: !ended.Texts.ContainsKey(Member.ToIds) || IsTrue(ended, Member.ToIds));
        if (refusal != IntelRefusal.None)
        {
            Refuse(refusal, ended);
            return;
        }

        var labels = ended.Labels;
        var @event = _open.FirstOrDefault(open => open.Name == Member.Event && !open.IsArray);
        _names.Clear();
        _names.Add(MispAttribute.NameOf(type, value));
        Add(ended, new IndicatorDetail
        {
            Id = ended.Texts.GetValueOrDefault(Member.Uuid),
            Title = @event?.Texts.GetValueOrDefault(Member.Info) ?? ended.Texts.GetValueOrDefault(Member.Comment),
            Labels = labels,
            Confidence = MispAttribute.ConfidenceOf(labels) ?? MispAttribute.ConfidenceOf(@event?.Labels ?? []),
            ValidFrom = TimeOf(ended, Member.FirstSeen)?.ToUnixTimeSeconds(),
        });
    }

    private void Add(OpenObject ended, IndicatorDetail detail)
    {
        foreach (var name in _names)
        {
            reading.Add(ended.Line, ended.Column, Encoding.UTF8.GetBytes(name), detail);
        }
    }

    private void Refuse(IntelRefusal refusal, OpenObject ended) =>
        reading.Refuse(refusal, ended.Line, ended.Column, Encoding.UTF8.GetBytes(ended.Texts.GetValueOrDefault(Member.Id) ?? ended.Texts.GetValueOrDefault(Member.Uuid) ?? "an object"));

    private static bool IsTrue(OpenObject ended, Member member) => ended.Texts.GetValueOrDefault(member) is "true" or "True" or "1";

    private static DateTimeOffset? TimeOf(OpenObject ended, Member member) =>
        DateTimeOffset.TryParse(ended.Texts.GetValueOrDefault(member), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string TextOf(in Utf8JsonReader token) => token.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ when token.ValueSpan.Length > MaximumText => "",
        JsonTokenType.Number => Encoding.ASCII.GetString(token.ValueSpan),
        _ => TryGetString(token),
    };

    // An escape that is half of a character is no text.
    private static string TryGetString(in Utf8JsonReader token)
    {
        try
        {
            return token.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static Member MemberOf(in Utf8JsonReader token)
    {
        foreach (var (name, member) in Members)
        {
            if (token.ValueTextEquals(name))
            {
                return member;
            }
        }

        return Member.Other;
    }

    private static readonly (byte[] Name, Member Member)[] Members =
    [
        ("type"u8.ToArray(), Member.Type), ("id"u8.ToArray(), Member.Id), ("name"u8.ToArray(), Member.Name), ("pattern"u8.ToArray(), Member.Pattern),
        ("pattern_type"u8.ToArray(), Member.PatternType), ("valid_from"u8.ToArray(), Member.ValidFrom), ("valid_until"u8.ToArray(), Member.ValidUntil),
        ("revoked"u8.ToArray(), Member.Revoked), ("confidence"u8.ToArray(), Member.Confidence), ("labels"u8.ToArray(), Member.Labels),
        ("indicator_types"u8.ToArray(), Member.Labels), ("value"u8.ToArray(), Member.Value), ("to_ids"u8.ToArray(), Member.ToIds), ("deleted"u8.ToArray(), Member.Deleted),
        ("uuid"u8.ToArray(), Member.Uuid), ("first_seen"u8.ToArray(), Member.FirstSeen), ("info"u8.ToArray(), Member.Info), ("comment"u8.ToArray(), Member.Comment),
        ("Tag"u8.ToArray(), Member.Tag), ("Attribute"u8.ToArray(), Member.Attribute), ("Event"u8.ToArray(), Member.Event), ("response"u8.ToArray(), Member.Response),
    ];

    /// <summary>The members of objects that matter.</summary>
    private enum Member
    {
        Other,
        Type,
        Id,
        Name,
        Pattern,
        PatternType,
        ValidFrom,
        ValidUntil,
        Revoked,
        Confidence,
        Labels,
        Value,
        ToIds,
        Deleted,
        Uuid,
        FirstSeen,
        Info,
        Comment,
        Tag,
        Attribute,
        Event,
        Response,
    }

    /// <summary>An object or array that has not ended yet.</summary>
    private sealed class OpenObject(Member name, bool isArray, int line, int column)
    {
        public Member Name { get; } = name;

        public bool IsArray { get; } = isArray;

        public int Line { get; } = line;

        public int Column { get; } = column;

        public Dictionary<Member, string> Texts { get; } = [];

        public List<string> Labels { get; } = [];

        public void AddLabel(string label)
        {
            if (Labels.Count < MaximumLabels)
            {
                Labels.Add(label);
            }
        }
    }
}
