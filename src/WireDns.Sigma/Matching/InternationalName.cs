using System.Globalization;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// The form that a name with letters outside ASCII has on the wire: each such label as xn-- and Punycode (RFC 3490, RFC 3492). For rules
/// that write the name in its own letters.
/// </summary>
public static class InternationalName
{
    /// <summary>The form of a name on the wire. False if a label has no such form: it is too long, or has letters that names cannot have.</summary>
    /// <param name="name">A name in any script, its labels between dots.</param>
    /// <param name="converted">The name in ASCII.</param>
    public static bool TryConvert(string name, out string converted)
    {
        var isConverted = TryConvert(new TextPattern([PatternToken.Literal(name)]), out var pattern);
        converted = isConverted ? pattern.Tokens[0].Text : name;
        return isConverted;
    }

    /// <summary>
    /// Converts the labels that need it. False if none does, or if a label has no such form: it is too long, or has letters that names cannot have.
    /// </summary>
    internal static bool TryConvert(TextPattern pattern, out TextPattern converted)
    {
        converted = pattern;
        if (!HasOtherLetters(pattern))
        {
            return false;
        }

        var mapping = new IdnMapping();
        try
        {
            converted = pattern.MapLiterals(literal => ConvertLabels(literal, mapping));
            return true;
        }
        catch (ArgumentException)
        {
            // IdnMapping has no other way to say that a label has no form.
            return false;
        }
    }

    internal static bool HasOtherLetters(TextPattern pattern)
    {
        foreach (var token in pattern.Tokens)
        {
            if (!Ascii.IsValid(token.Text))
            {
                return true;
            }
        }

        return false;
    }

    private static string ConvertLabels(string literal, IdnMapping mapping)
    {
        var labels = literal.Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (!Ascii.IsValid(labels[i]))
            {
                // The mapping's own nameprep (RFC 3491) folds case, but not without globalisation data, so it is done here.
                labels[i] = mapping.GetAscii(FoldCase(labels[i]));
            }
        }

        return string.Join('.', labels);
    }

    private static string FoldCase(string label)
    {
        var text = new StringBuilder(label.Length);
        foreach (var rune in label.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            text.Append(TextFolding.Fold(rune).ToString());
        }

        return text.ToString();
    }
}
