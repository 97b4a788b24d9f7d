using System.Buffers;
using System.Globalization;

namespace WireDns.Sigma.Rules;

/// <summary>
/// The type of a plain scalar: YAML 1.2's core schema (yaml.org, §10.3.2), where yes and no are text. One difference: a number needs
/// a decimal point before it may have an exponent, because 1e3 in a rule is a piece of a hash or a name and not one thousand.
/// </summary>
internal static class YamlTyping
{
    private static readonly SearchValues<char> RealCharacters = SearchValues.Create("+-.0123456789eE");
    private static readonly SearchValues<char> SexagesimalCharacters = SearchValues.Create("0123456789:");

    public static bool TryReadBoolean(YamlScalar scalar, out bool value)
    {
        value = scalar.Text is "true" or "True" or "TRUE";
        return scalar.IsPlain && (value || scalar.Text is "false" or "False" or "FALSE");
    }

    public static bool TryReadNumber(YamlScalar scalar, out SigmaNumber number)
    {
        number = default;
        var text = scalar.Text.AsSpan();
        if (!scalar.IsPlain || text.IsEmpty)
        {
            return false;
        }

        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            var isHexadecimal = long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
            number = new SigmaNumber(value);
            return isHexadecimal && value >= 0;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            number = new SigmaNumber(integer);
            return true;
        }

        if (!text.Contains('.') || text.IndexOfAnyExcept(RealCharacters) >= 0)
        {
            return false;
        }

        var isReal = double.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var real);
        number = new SigmaNumber(real);
        return isReal && double.IsFinite(real);
    }

    /// <summary>Whether YAML 1.1 readers (pySigma's among them) give the plain scalar another type than this one does.</summary>
    public static bool IsReadOtherwiseByYaml11(YamlScalar scalar)
    {
        if (!scalar.IsPlain)
        {
            return false;
        }

        var text = scalar.Text;
        if (text.Length <= 3 && text.ToUpperInvariant() is "YES" or "NO" or "ON" or "OFF")
        {
            return true;
        }

        // 010 is 8 there, and 1:30 is 90.
        var isOctal = text.Length > 1 && text[0] == '0' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '7') < 0;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var isSexagesimal = colon > 0 && text[0] != '0' && text.AsSpan().IndexOfAnyExcept(SexagesimalCharacters) < 0 && colon < text.Length - 1;
        return isOctal || isSexagesimal;
    }
}
