using System.Runtime.CompilerServices;
using System.Text;
using WireDns.Detection.Logging;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Screening;

/// <summary>Which rules the name of a question leaves open.</summary>
internal sealed class NameScreen
{
    private readonly RuleBits _takeAny;
    private readonly RuleBits _rules;

    // Rules that match only where some text is found, and the others, which are looked at if all else leaves one of them open.
    private readonly WeakenedRules _searching;
    private readonly TextScreen? _search;
    private readonly WeakenedRules _others;
    private readonly RuleBits _otherRules;
    private readonly RuleBits _all;

    private readonly DnsEvent _event;
    private readonly LookupMessages _messages = new();
    private readonly LoggedLookup _unusual = new();
    private readonly RuleBits _rulesOfUnusual;
    private readonly LoggedLookup _lookup = new() { Type = DnsRecordType.A, Class = DnsClass.IN };
    private readonly byte[] _wire = new byte[DnsName.MaximumWireLength];
    private char[] _text = new char[DnsName.MaximumTextLength];
    private byte[] _padded = new byte[DnsName.MaximumTextLength + (2 * TextScreen.Padding)];
    private int _length;
    private bool _isLoaded;
    private bool _knowsOthers;

    public NameScreen(LoadedRules rules)
    {
        var count = rules.Compiled.Count;
        (_takeAny, _rules, _otherRules, _all) = (new RuleBits(count), new RuleBits(count), new RuleBits(count), new RuleBits(count));
        _all.AddAll();
        _rulesOfUnusual = new RuleBits(count);
        var weakened = WeakenedRules.Of([.. rules.OnQuery.Rules, .. rules.OnResponse.Rules], 0, IsKnown, _takeAny.Add);
        MindsCase = !weakened.Compiled.IgnoresCase;
        (_searching, _others) = (weakened.Part(areAlwaysEvaluated: false), weakened.Part(areAlwaysEvaluated: true));
        _search = _searching.Compiled.ScreenOf((int)DnsField.QuestionName, DnsFields.OfEscapedNames);
        foreach (var rule in _others.Numbers)
        {
            _otherRules.Add(rule);
        }

        _event = new DnsEvent(rules.PublicSuffixes);
    }

    /// <inheritdoc cref="LookupScreen.MindsCase"/>
    public bool MindsCase { get; }

    /// <summary>Whether a rule does not ask for the name.</summary>
    public bool TakesAny(int rule) => _takeAny.Contains(rule);

    /// <summary>Sets the name.</summary>
    public void Set(ReadOnlySpan<byte> name)
    {
        _length = name.Length;
        if (_padded.Length < name.Length + (2 * TextScreen.Padding))
        {
            Array.Resize(ref _padded, name.Length + (2 * TextScreen.Padding));
        }

        name.CopyTo(_padded.AsSpan(TextScreen.Padding));
        _takeAny.CopyTo(_rules);
        (_isLoaded, _knowsOthers) = (false, false);
        var isPlain = Ascii.IsValid(name) && !name.Contains((byte)'\\') && !name.ContainsAnyInRange((byte)'A', (byte)'Z');
        if ((_search is null || !isPlain || _search.HasHits(_padded.AsSpan(0, _length + (2 * TextScreen.Padding)))) && _searching.Compiled.Rules.Count > 0)
        {
            Match(_searching);
        }
    }

    /// <inheritdoc cref="LookupScreen.MayMatchName"/>
    public bool MayMatchAny() => MayMatch(_all);

    /// <summary>Whether one of some rules is left open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayMatch(RuleBits rules) => _rules.Overlaps(rules) || (!_knowsOthers && MayMatchOthers(rules));

    /// <inheritdoc cref="LookupScreen.MayMatchNamesIn"/>
    public bool MayMatchIn(ReadOnlySpan<byte> message, bool isResponse)
    {
        _unusual.QueryOctets = _unusual.ResponseOctets = message.ToArray();
        _takeAny.CopyTo(_rulesOfUnusual);
        foreach (var isCut in (ReadOnlySpan<bool>)[false, true])
        {
            _unusual.IsQueryCut = _unusual.IsResponseCut = isCut;
            _event.Load(ObservedMessage.Read(isResponse ? _messages.Response(_unusual) : _messages.Query(_unusual)));
            _searching.Match(_event.AsView, _rulesOfUnusual);
            _others.Match(_event.AsView, _rulesOfUnusual);
        }

        _isLoaded = false;
        return _rulesOfUnusual.Overlaps(_all);
    }

    private bool MayMatchOthers(RuleBits rules)
    {
        if (!_otherRules.Overlaps(rules))
        {
            return false;
        }

        _knowsOthers = true;
        Match(_others);
        return _rules.Overlaps(rules);
    }

    private static bool IsKnown(int field) => DnsFields.OfTheName.Contains(field) || field is >= SourceConstants.FirstId and < ZeekFields.FirstId;

    private void Match(WeakenedRules rules)
    {
        if (!_isLoaded && !TryLoad())
        {
            // No name that WireDns writes.
            _rules.AddAll();
            return;
        }

        rules.Match(_event.AsView, _rules);
    }

    private bool TryLoad()
    {
        var name = _padded.AsSpan(TextScreen.Padding, _length);
        if (_text.Length < name.Length)
        {
            _text = new char[name.Length];
        }

        var length = Encoding.UTF8.GetChars(name, _text);
        if (!DnsPresentation.TryReadName(_text.AsSpan(0, length), _wire, out _))
        {
            return false;
        }

        _lookup.Name = _text.AsMemory(0, length);
        _event.Load(ObservedMessage.Read(_messages.Query(_lookup)));
        return _isLoaded = true;
    }
}
