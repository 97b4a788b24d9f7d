using System.Globalization;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Testing;

/// <summary>How often a rule must fire, or on which events.</summary>
internal sealed class Expectation
{
    private readonly string _text;
    private readonly Func<IReadOnlyList<long>, bool> _isMet;

    private Expectation(string text, Func<IReadOnlyList<long>, bool> isMet)
    {
        _text = text;
        _isMet = isMet;
    }

    /// <summary>The rule must not fire.</summary>
    public static Expectation Never { get; } = new("0", numbers => numbers.Count == 0);

    /// <summary>Reads a number, a comparison such as <c>'&gt;= 3'</c>, or a list of the numbers of events or packets.</summary>
    /// <exception cref="TestFileException">It is none of these.</exception>
    public static Expectation Read(YamlNode item)
    {
        switch (item)
        {
            case YamlList list:
                List<long> wanted = [.. list.Items.Select(Number).Order()];
                return new Expectation($"[{Text(wanted)}]", numbers => numbers.Order().SequenceEqual(wanted));
            case YamlScalar scalar:
                var text = scalar.Text.Trim();
                var digits = text.AsSpan().TrimStart("<>=").Trim();
                if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    switch (text[..^digits.Length].TrimEnd())
                    {
                        case "" or "=" or "==":
                            return new Expectation(count.ToString(CultureInfo.InvariantCulture), numbers => numbers.Count == count);
                        case ">=":
                            return new Expectation(text, numbers => numbers.Count >= count);
                        case "<=":
                            return new Expectation(text, numbers => numbers.Count <= count);
                        case ">":
                            return new Expectation(text, numbers => numbers.Count > count);
                        case "<":
                            return new Expectation(text, numbers => numbers.Count < count);
                    }
                }

                break;
        }

        throw new TestFileException(item.Position.Line, "expected how often the rule fires (3, '>= 3', '< 10') or a list of the events or packets");
    }

    /// <summary>Whether these numbers of events or packets meet it.</summary>
    public bool IsMet(IReadOnlyList<long> numbers) => _isMet(numbers);

    /// <summary>What was expected and what was found.</summary>
    public string Describe(IReadOnlyList<long> numbers)
    {
        const int Shown = 10;
        var found = _text.StartsWith('[')
            ? $"[{Text(numbers.Take(Shown))}{(numbers.Count > Shown ? " …" : "")}]"
            : numbers.Count.ToString(CultureInfo.InvariantCulture) + (numbers.Count == 0 ? "" : $" (at {Text(numbers.Take(Shown))}{(numbers.Count > Shown ? " …" : "")})");
        return $"expected {_text}, found {found}";
    }

    private static long Number(YamlNode item) =>
        item is YamlScalar scalar && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new TestFileException(item.Position.Line, "expected the number of an event or a packet");

    private static string Text(IEnumerable<long> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
