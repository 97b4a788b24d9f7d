using System.Net;
using System.Text;
using System.Text.Unicode;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;

namespace WireDns.Detection.Intel;

/// <summary>
/// A domain name as lists write it: in any case, with a dot at its end, with <c>*.</c> or <c>.</c> before it, in its own script, made harmless
/// (<c>evil[.]example</c>, <c>hxxps://evil.example/</c>), or in the way of ad blockers (<c>||evil.example^</c>).
/// </summary>
internal sealed class IndicatorName(PublicSuffixList suffixes)
{
    // RFC 1035 §2.3.4, as text without the last dot.
    private const int MaximumLength = 253;
    private const int MaximumLabel = 63;

    // A text with defanged dots, or in a script of its own, is longer than the name.
    private const int MaximumText = 1024;

    private readonly byte[] _name = new byte[MaximumText];

    /// <summary>Reads a name.</summary>
    /// <param name="text">What the list has.</param>
    /// <param name="name">The name in lower case and in xn-- form; valid until the next call.</param>
    /// <returns>Why it cannot be used, or <see cref="IntelRefusal.None"/>.</returns>
    public IntelRefusal Read(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name)
    {
        name = default;
        var length = Restore(text);
        if (length < 0)
        {
            return IntelRefusal.InvalidName;
        }

        var rest = _name.AsSpan(0, length);
        if (!TryTakeHost(ref rest))
        {
            return IntelRefusal.UrlPath;
        }

        rest = rest.StartsWith("*."u8) ? rest[2..] : rest.StartsWith("."u8) ? rest[1..] : rest;
        rest = rest.EndsWith("."u8) ? rest[..^1] : rest;
        if (rest.ContainsAnyInRange((byte)0x80, (byte)0xff) && !TryConvert(ref rest))
        {
            return IntelRefusal.InvalidName;
        }

        if (IsAddress(rest))
        {
            return IntelRefusal.Address;
        }

        Ascii.ToLowerInPlace(rest, out _);
        name = rest;
        return !IsName(rest) ? IntelRefusal.InvalidName : suffixes.Split(rest).Domain < 0 ? IntelRefusal.PublicSuffix : IntelRefusal.None;
    }

    /// <summary>Copies the text and takes out what makes it harmless. Returns its length; -1 if it is too long.</summary>
    private int Restore(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("||"u8))
        {
            text = text[2..];
            text = text.IndexOf((byte)'^') is >= 0 and var end ? text[..end] : text;
        }

        if (text.Length > MaximumText)
        {
            return -1;
        }

        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var (taken, put) = text[i] is (byte)'[' or (byte)'(' or (byte)'{' ? ReadBracket(text[i..]) : (0, (byte)0);
            _name[length++] = taken > 0 ? put : text[i];
            i += Math.Max(0, taken - 1);
        }

        return length;
    }

    // [.] (dot) {:} and [://], of which the first character alone matters.
    private static (int Taken, byte Put) ReadBracket(ReadOnlySpan<byte> text)
    {
        var closing = text[0] == '[' ? (byte)']' : text[0] == '(' ? (byte)')' : (byte)'}';
        var end = text.IndexOf(closing);
        var inner = end < 0 ? default : text[1..end];
        return inner is [(byte)'.' or (byte)':'] ? (end + 1, inner[0]) : Ascii.EqualsIgnoreCase(inner, "dot"u8) ? (end + 1, (byte)'.') : (0, (byte)0);
    }

    /// <summary>Takes the host out of a URL. False if the URL is about more than its host.</summary>
    private static bool TryTakeHost(ref Span<byte> text)
    {
        var scheme = text.IndexOf("://"u8);
        var rest = scheme < 0 ? text : text[(scheme + 3)..];
        var slash = rest.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (slash >= 0 && (slash < rest.Length - 1 || rest[slash] != '/'))
        {
            return false;
        }

        rest = slash < 0 ? rest : rest[..slash];
        if (scheme >= 0)
        {
            if (rest.Contains((byte)'@'))
            {
                return false;
            }

            var port = rest.LastIndexOf((byte)':');
            rest = port > 0 && !rest[(port + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9') && rest[0] != '[' ? rest[..port] : rest;
        }

        text = rest;
        return true;
    }

    private bool TryConvert(ref Span<byte> name)
    {
        if (!Utf8.IsValid(name) || !InternationalName.TryConvert(Encoding.UTF8.GetString(name), out var converted) || converted.Length > MaximumLength || !Ascii.IsValid(converted))
        {
            return false;
        }

        name = _name.AsSpan(0, Encoding.ASCII.GetBytes(converted, _name));
        return true;
    }

    private static bool IsAddress(ReadOnlySpan<byte> text) =>
        (text.Contains((byte)':') || (!text.IsEmpty && char.IsAsciiDigit((char)text[^1]))) && IPAddress.TryParse(text.Trim("[]"u8), out _);

    private static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaximumLength)
        {
            return false;
        }

        var label = 0;
        foreach (var b in name)
        {
            if (b == '.')
            {
                if (label == 0)
                {
                    return false;
                }

                label = 0;
            }
            else if (++label > MaximumLabel || (!char.IsAsciiLetterLower((char)b) && !char.IsAsciiDigit((char)b) && b is not ((byte)'-' or (byte)'_')))
            {
                return false;
            }
        }

        return label > 0;
    }
}
