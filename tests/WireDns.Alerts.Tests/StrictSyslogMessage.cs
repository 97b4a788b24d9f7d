using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Tests;

/// <summary>
/// A parser of RFC 5424 §6 that accepts what the grammar allows and nothing else. It shares no code with the product, and throws
/// <see cref="FormatException"/> at the first octet that breaks the grammar.
/// </summary>
internal sealed class StrictSyslogMessage
{
    private readonly byte[] _octets;
    private int _position;

    private StrictSyslogMessage(byte[] octets) => _octets = octets;

    public int Priority { get; private set; }

    public string Time { get; private set; } = "";

    public string HostName { get; private set; } = "";

    public string ApplicationName { get; private set; } = "";

    public string ProcessId { get; private set; } = "";

    public string MessageId { get; private set; } = "";

    public string ElementId { get; private set; } = "";

    public Dictionary<string, string> Parameters { get; } = [];

    public bool HasByteOrderMark { get; private set; }

    public string Text { get; private set; } = "";

    public static StrictSyslogMessage Parse(byte[] octets)
    {
        var message = new StrictSyslogMessage(octets);
        message.Header();
        message.StructuredData();
        message.Message();
        return message;
    }

    private void Header()
    {
        Expect('<');
        var priority = Until('>');
        Require(priority is { Length: >= 1 and <= 3 } && priority.All(char.IsAsciiDigit) && (priority[0] != '0' || priority.Length == 1), "PRI");
        Priority = int.Parse(priority, CultureInfo.InvariantCulture);
        Require(Priority <= 191, "PRI");
        Require(Until(' ') == "1", "VERSION");
        Time = Until(' ');
        Require(
            Time == "-" || DateTime.TryParseExact(
                Time, ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFZ"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out _),
            "TIMESTAMP");
        HostName = Printable(255);
        ApplicationName = Printable(48);
        ProcessId = Printable(128);
        MessageId = Printable(32);
    }

    private void StructuredData()
    {
        Expect('[');
        ElementId = Name();
        var parts = ElementId.Split('@');
        Require(parts.Length == 2 && parts[1].All(char.IsAsciiDigit) && parts[1].Length > 0, "SD-ID");
        while (Peek() == ' ')
        {
            _position++;
            var name = Name();
            Expect('=');
            Expect('"');
            Require(Parameters.TryAdd(name, Value()), "a name used twice");
        }

        Expect(']');
    }

    private void Message()
    {
        if (_position == _octets.Length)
        {
            return;
        }

        Expect(' ');
        HasByteOrderMark = _octets.AsSpan(_position).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);
        _position += HasByteOrderMark ? 3 : 0;
        Text = Utf8(_octets.AsSpan(_position));
        Require(HasByteOrderMark || Text.All(char.IsAscii), "UTF-8 without a byte order mark");
        Require(!Text.Any(char.IsControl), "a control character in MSG");
    }

    private string Value()
    {
        var value = new List<byte>();
        for (; Peek() != '"'; _position++)
        {
            Require(Peek() != ']', "an unescaped bracket");
            if (Peek() == '\\')
            {
                _position++;
                Require(Peek() is '"' or '\\' or ']', "a backslash before something else");
            }

            value.Add(_octets[_position]);
        }

        _position++;
        var text = Utf8(value.ToArray());
        Require(!text.Any(char.IsControl), "a control character in PARAM-VALUE");
        return text;
    }

    private string Name()
    {
        var start = _position;
        while (Peek() is > ' ' and < '\x7f' and not ('=' or ']' or '"'))
        {
            _position++;
        }

        Require(_position - start is >= 1 and <= 32, "SD-NAME");
        return Encoding.ASCII.GetString(_octets, start, _position - start);
    }

    private string Printable(int maximum)
    {
        var field = Until(' ');
        Require(field.Length >= 1 && field.Length <= maximum && field.All(character => character is > ' ' and < '\x7f'), "PRINTUSASCII");
        return field;
    }

    private string Until(char end)
    {
        var start = _position;
        while (Peek() != end)
        {
            _position++;
        }

        return Encoding.Latin1.GetString(_octets, start, _position++ - start);
    }

    private char Peek()
    {
        Require(_position < _octets.Length, "more octets");
        return (char)_octets[_position];
    }

    private void Expect(char character)
    {
        Require(Peek() == character, $"'{character}'");
        _position++;
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new FormatException($"expected {what} at octet {_position} of {Encoding.Latin1.GetString(_octets)}");
        }
    }

    private static string Utf8(ReadOnlySpan<byte> text) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
}
