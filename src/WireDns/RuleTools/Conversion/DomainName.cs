using System.Globalization;
using System.Text;

namespace WireDns.RuleTools.Conversion;

/// <summary>A rule's text as a domain name, in the form of zone files, hosts files and lists.</summary>
internal static class DomainName
{
    private const int MaximumLength = 253;
    private const int MaximumLabelLength = 63;

    /// <summary>
    /// The name in lower case and in its <c>xn--</c> form. False for any other text. A name has labels of 1 to 63 letters, digits, hyphens
    /// and underscores, none at the ends but underscores, 253 characters in all (RFC 1035 §2.3.1, with RFC 8552's underscores).
    /// </summary>
    public static bool TryRead(string text, out string name)
    {
        name = text.ToLowerInvariant();
        if (!Ascii.IsValid(name) && !TryConvert(name, out name))
        {
            return false;
        }

        return name.Length is > 0 and <= MaximumLength && name.Split('.').All(IsLabel);
    }

    /// <summary>Whether a name could be a registered domain, judging by its form: at least two labels, the last not a number.</summary>
    public static bool IsRegistrable(string name) =>
        name.LastIndexOf('.') is > 0 and var dot && name.AsSpan(dot + 1).ContainsAnyExceptInRange('0', '9') && name.Length - dot > 2;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaximumLabelLength && label[0] != '-' && label[^1] != '-'
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static bool TryConvert(string text, out string name)
    {
        try
        {
            name = new IdnMapping { AllowUnassigned = true }.GetAscii(text);
            return true;
        }
        catch (ArgumentException)
        {
            // The library's way to say that a text is no name.
            name = "";
            return false;
        }
    }
}
