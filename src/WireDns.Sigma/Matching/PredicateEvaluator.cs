using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>Runs <see cref="FieldPredicate"/>s on events.</summary>
internal static class PredicateEvaluator
{
    // RFC 4291 §2.2: the longest text of an address, in octets.
    private const int LongestAddress = 45;

    public static bool IsTrue<TEvent>(FieldPredicate predicate, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var values = 0;
        foreach (var fieldId in predicate.FieldIds)
        {
            var count = @event.CountValues(fieldId);
            values += count;
            for (var i = 0; i < count; i++)
            {
                if (IsTrue(predicate, fieldId, i, @event, state))
                {
                    return true;
                }
            }
        }

        return values == 0 && predicate.Kind == PredicateKind.IsNull;
    }

    public static bool IsTrue<TEvent>(FieldPredicate predicate, scoped FieldValue value, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct => predicate.Kind switch
        {
            PredicateKind.IsNull => value.Kind == FieldValueKind.Null,
            PredicateKind.Exists => true,
            PredicateKind.HasValue => value.Kind != FieldValueKind.Null,
            _ when value.Kind == FieldValueKind.Null => false,
            PredicateKind.Numbers => IsOneOf(predicate, value),
            PredicateKind.Comparison => Compare(predicate.Comparison!, value),
            PredicateKind.Networks => value.Kind == FieldValueKind.Text && predicate.Networks!.ContainsText(value.Text),
            PredicateKind.FieldReference => RefersTo(predicate, value, @event, state),
            _ => IsRegexMatch(predicate, value, state),
        };

    private static bool IsTrue<TEvent>(FieldPredicate predicate, int fieldId, int index, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (predicate.Kind == PredicateKind.Networks && @event.GetAddress(fieldId, index) is { IsEmpty: false } octets)
        {
            return predicate.Networks!.ContainsOctets(octets);
        }

        if (predicate.Regex?.MinimumLength > LongestAddress && !@event.GetAddress(fieldId, index).IsEmpty)
        {
            // Its text need not be written.
            return false;
        }

        return IsTrue(predicate, @event.GetValue(fieldId, index), @event, state);
    }

    private static bool IsOneOf(FieldPredicate predicate, scoped FieldValue value)
    {
        if (value.Kind == FieldValueKind.Number)
        {
            foreach (var number in predicate.Numbers)
            {
                if (value.Number == number)
                {
                    return true;
                }
            }

            return false;
        }

        foreach (var text in predicate.NumberTexts)
        {
            if (value.Text.SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Compare(ComparisonValue comparison, scoped FieldValue value)
    {
        var number = value.Number;
        if (comparison.Part is { } part)
        {
            return EventTime.TryRead(value, out var time) && comparison.IsTrueFor(new SigmaNumber(EventTime.PartOf(time, part)));
        }

        return value.Kind switch
        {
            FieldValueKind.Number => comparison.IsTrueFor(number),
            FieldValueKind.Text => SigmaNumber.TryParse(value.Text, out number) && comparison.IsTrueFor(number),
            _ => false,
        };
    }

    private static bool RefersTo<TEvent>(FieldPredicate predicate, scoped FieldValue value, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (predicate.ReferencedFieldId < 0)
        {
            return false;
        }

        var reference = predicate.Reference!;
        var text = state.TextOf(value);
        if (!reference.IsCased)
        {
            text = state.Fold(text, predicate.FoldsAsciiOnly, isSecond: false);
        }

        var count = @event.CountValues(predicate.ReferencedFieldId);
        for (var i = 0; i < count; i++)
        {
            var otherValue = @event.GetValue(predicate.ReferencedFieldId, i);
            if (otherValue.Kind == FieldValueKind.Null)
            {
                continue;
            }

            var other = state.TextOf(otherValue, isSecond: true);
            if (!reference.IsCased)
            {
                other = state.Fold(other, predicate.FoldsAsciiOnly, isSecond: true);
            }

            var isTrue = (reference.AllowsTextBefore, reference.AllowsTextBehind) switch
            {
                (false, false) => text.SequenceEqual(other),
                (false, true) => text.StartsWith(other),
                (true, false) => text.EndsWith(other),
                _ => text.IndexOf(other) >= 0,
            };
            if (isTrue)
            {
                return true;
            }
        }

        return false;
    }

    // A text has at least as many octets as UTF-16 units.
    private static bool IsRegexMatch(FieldPredicate predicate, scoped FieldValue value, MatchState state)
    {
        var regex = predicate.Regex!;
        var text = state.TextOf(value);
        return text.Length >= regex.MinimumLength
            && (regex.RunLength is { } length ? HasRun(text, length) : regex.Regex.IsMatch(state.Decode(text, regex.NamesOthers)));
    }

    /// <summary>Whether so many characters stand in a row without a line feed between them.</summary>
    private static bool HasRun(ReadOnlySpan<byte> text, int length)
    {
        foreach (var line in text.Split((byte)'\n'))
        {
            if (HasCharacters(text[line], length))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasCharacters(ReadOnlySpan<byte> line, int count)
    {
        if (line.Length < count || Ascii.IsValid(line))
        {
            return line.Length >= count;
        }

        for (; count > 0 && !line.IsEmpty; count--)
        {
            Rune.DecodeFromUtf8(line, out _, out var consumed);
            line = line[consumed..];
        }

        return count <= 0;
    }
}
