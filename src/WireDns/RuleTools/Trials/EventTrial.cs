using System.Buffers;
using System.Globalization;
using System.Text.Json;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Trials;

/// <summary>Tries rules on JSON events, each as it stands (<see cref="EventMatcher"/>). Not thread-safe.</summary>
internal sealed class EventTrial
{
    // More would be no event that a person looks at.
    private const int MaximumValues = 1000;

    private readonly RuleSet _rules;
    private readonly MatchState _state;
    private readonly JsonEvent _event;
    private readonly HashSet<int> _matching = [];

    /// <param name="rules">The rules.</param>
    public EventTrial(IReadOnlyList<SigmaRule> rules)
    {
        // Events can be loaded only after all names are known: the rules' own, and those of their parts.
        var schema = new JsonEventSchema();
        _rules = RuleSet.Compile(rules, schema);
        Trials = [.. rules.Select(rule => new RuleTrial(rule, schema))];
        _state = _rules.CreateState();
        _event = new JsonEvent(schema);
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<RuleTrial> Trials { get; }

    /// <summary>Events that were looked at.</summary>
    public long Events { get; private set; }

    /// <summary>Tries one event. False if the text is not one JSON object.</summary>
    /// <param name="file">The file that it is in, for people.</param>
    /// <param name="line">The event.</param>
    /// <param name="number">Its line, from 0.</param>
    public bool TryTake(string file, ReadOnlySpan<byte> line, long number)
    {
        if (!_event.TryLoad(line))
        {
            return false;
        }

        Events++;
        _rules.Match(_event, _state);
        _matching.Clear();
        foreach (var rule in _state.Matches)
        {
            _matching.Add(rule);
        }

        var place = string.Create(CultureInfo.InvariantCulture, $"{file}:{number + 1}");
        List<EventValue>? values = null;
        for (var i = 0; i < Trials.Count; i++)
        {
            if (_matching.Contains(i))
            {
                Trials[i].AddHit(place, _event);
            }
            else
            {
                Trials[i].AddMiss(place, _event, values ??= ValuesOf(line));
            }
        }

        return true;
    }

    private static List<EventValue> ValuesOf(ReadOnlySpan<byte> line)
    {
        var values = new List<EventValue>();
        using var document = JsonDocument.Parse(new ReadOnlySequence<byte>(line.ToArray()));
        Add("", document.RootElement);
        return values;

        // The parser bounds the depth.
        void Add(string path, JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                    {
                        Add(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Add(path, item);
                    }

                    break;
                case JsonValueKind.String when values.Count < MaximumValues:
                    values.Add(new EventValue(path, element.GetString()!));
                    break;
            }
        }
    }
}
