using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>
/// The type of a plain scalar: YAML 1.2's core schema (yaml.org, §10.3.2), where yes and no are texts. Two differences. A number needs a
/// decimal point before it may have an exponent, because 1e3 in a rule is a piece of a hash or a name, not one thousand. A number has no
/// leading zeros, because 00000429 is a code page, and half of all readers take 010 for eight.
/// </summary>
internal static partial class YamlTyping
{
    public static bool TryReadBoolean(YamlScalar scalar, out bool value)
    {
        value = scalar.Text is "true" or "True" or "TRUE";
        return scalar.IsPlain && (value || scalar.Text is "false" or "False" or "FALSE");
    }

    public static bool TryReadNumber(YamlScalar scalar, out SigmaNumber number)
    {
        number = default;
        if (!scalar.IsPlain || !Number().IsMatch(scalar.Text))
        {
            return false;
        }

        if (!scalar.Text.StartsWith("0x", StringComparison.Ordinal))
        {
            return SigmaNumber.TryParse(Encoding.ASCII.GetBytes(scalar.Text), out number);
        }

        var isInRange = long.TryParse(scalar.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value >= 0;
        number = new SigmaNumber(value);
        return isInRange;
    }

    /// <summary>Whether a number is written as it would be printed: 5 and 1.5, but not +5, 5.0 or 0x5.</summary>
    public static bool IsCanonicalNumber(YamlScalar scalar) => TryReadNumber(scalar, out var number) && number.ToString() == scalar.Text;

    /// <summary>Whether YAML 1.1 readers (pySigma's among them) give the plain scalar another type than this one does.</summary>
    public static bool IsReadOtherwiseByYaml11(YamlScalar scalar) => scalar.IsPlain && OtherInYaml11().IsMatch(scalar.Text);

    [GeneratedRegex(@"^(?:0x[0-9A-Fa-f]+|[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?)?|[-+]?\.[0-9]+(?:[eE][-+]?[0-9]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    // yaml.org/type: words for booleans; integers in base 2, 8 and 60, or with underscores; reals with underscores; infinity; dates and
    // times. 0o17 is the opposite case: YAML 1.2 has it, but neither YAML 1.1 nor this class does.
    [GeneratedRegex(
        @"^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF
        |[-+]?0b[01_]+|[-+]?0o[0-7]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F]*_[0-9a-fA-F_]*
        |[-+]?[1-9][0-9]*_[0-9_]*|[-+]?[0-9][0-9_]*_[0-9_]*\.[0-9_]*|[-+]?[0-9]+\.[0-9]*_[0-9_]*
        |[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
        |[-+]?0[0-9]+\.[0-9]*
        |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
        |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?
        |=)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OtherInYaml11();
}
