using System.Buffers;
using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Appends the parts of a text line to a buffer: the product's own words as they are, everything else through
/// <see cref="SafeText"/>.
/// </summary>
internal readonly struct LineWriter(IBufferWriter<byte> output)
{
    public IBufferWriter<byte> Output => output;

    public void Literal(ReadOnlySpan<byte> text) => output.Write(text);

    public void Number(long value)
    {
        value.TryFormat(output.GetSpan(20), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    public void Spaces(int count)
    {
        output.GetSpan(count)[..count].Fill((byte)' ');
        output.Advance(count);
    }

    /// <summary>One word; a hyphen if there is none.</summary>
    public void Token(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Literal("-"u8);
        }
        else
        {
            SafeText.Write(output, text, SafeTextMode.Token);
        }
    }

    /// <summary>Text to the end of the line.</summary>
    public void Rest(ReadOnlySpan<char> text) => SafeText.Write(output, text, SafeTextMode.Line);

    /// <summary>
    /// Text in double quotes, of which at most <paramref name="maximum"/> characters are shown; three dots follow if it was cut.
    /// </summary>
    public void Quoted(ReadOnlySpan<char> text, int maximum)
    {
        Literal("\""u8);
        SafeText.Write(output, text.Length <= maximum ? text : text[..maximum], SafeTextMode.Quoted);
        Literal(text.Length <= maximum ? "\""u8 : "\"..."u8);
    }

    /// <summary>The part of a matched value around the match, in double quotes, with three dots on each side that was cut.</summary>
    public void QuotedMatch(AlertReason reason, int maximum)
    {
        var window = MatchWindow.Of(reason, maximum);
        Literal(window.Start == 0 ? "\""u8 : "...\""u8);
        SafeText.Write(output, reason.Value.AsSpan(window.Start..window.End), SafeTextMode.Quoted);
        Literal(window.End == reason.Value.Length ? "\""u8 : "\"..."u8);
    }

    /// <summary>An address and port; an IPv6 address in brackets (RFC 5952 §6). What is not known is left out.</summary>
    public void Endpoint(AlertEndpoint endpoint)
    {
        if (endpoint.Port == AlertEndpoint.UnknownPort)
        {
            Token(endpoint.Address);
            return;
        }

        var isIpv6 = endpoint.Address.Contains(':');
        Literal(isIpv6 ? "["u8 : default);
        Token(endpoint.Address);
        Literal(isIpv6 ? "]:"u8 : ":"u8);
        Number(endpoint.Port);
    }

    /// <summary>
    /// The field, modifiers and value of the rule that matched, as the rule has them: <c>QueryName|endswith:".example"</c>; with <c>not</c> before it
    /// where it had to be missed.
    /// </summary>
    public void Reason(AlertReason reason, int maximumPattern)
    {
        Literal(reason.IsNegated ? "not "u8 : default);
        Token(reason.Field ?? "keyword");
        for (var index = 0; index < reason.Modifiers.Count; index++)
        {
            Literal("|"u8);
            Token(reason.Modifiers[index]);
        }

        Literal(":"u8);
        Quoted(reason.Pattern, maximumPattern);
    }
}
