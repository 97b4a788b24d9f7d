using System.Buffers;
using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Writes the one SD-ELEMENT of a message (RFC 5424 §6.3) after its header, whole parameters only: one that would not fit is
/// left out and counted, and room for the two parameters that say what is missing (<c>omitted</c>, <c>cut</c>) and for the
/// closing bracket is always kept.
/// </summary>
internal ref struct StructuredData
{
    private const int LongestOmitted = 13; // ` omitted="99"`
    private const int LongestCut = 17; // ` cut="2147483647"`
    private const int Closing = 1;

    private readonly ArrayBufferWriter<byte> _head;
    private readonly ArrayBufferWriter<byte> _value = new(256);
    private readonly int _maximumLength;

    /// <summary>Opens the element.</summary>
    /// <param name="head">Holds the header; the element is appended.</param>
    /// <param name="elementId">The SD-ID.</param>
    /// <param name="maximumLength">The most octets of header and element together.</param>
    public StructuredData(ArrayBufferWriter<byte> head, ReadOnlySpan<byte> elementId, int maximumLength)
    {
        _head = head;
        _maximumLength = maximumLength;
        head.Write("["u8);
        head.Write(elementId);
    }

    /// <summary>Parameters that did not fit.</summary>
    public int OmittedParameters { get; private set; }

    /// <summary>Octets of header and element once closed.</summary>
    public readonly int LengthWhenClosed => _head.WrittenCount + (OmittedParameters > 0 ? LongestOmitted : 0) + Closing;

    /// <summary>The same, with the parameter that says how much of the text was cut.</summary>
    public readonly int LengthWhenCutAndClosed => LengthWhenClosed + LongestCut;

    /// <summary>
    /// Adds a parameter, if it has a value: its control characters are escaped as <see cref="SafeText"/> does, then <c>" \ ]</c>
    /// as RFC 5424 §6.3.3 asks.
    /// </summary>
    public void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        _value.ResetWrittenCount();
        SafeText.Write(_value, text, SafeTextMode.Line);
        var length = name.Length + _value.WrittenCount + Escapes(_value.WrittenSpan) + 4; // a space, an equals sign, two quotes
        if (_head.WrittenCount + length > _maximumLength - LongestOmitted - LongestCut - Closing)
        {
            OmittedParameters++;
            return;
        }

        Open(name);
        for (var rest = _value.WrittenSpan; ;)
        {
            var plain = rest.IndexOfAny((byte)'"', (byte)'\\', (byte)']');
            if (plain < 0)
            {
                _head.Write(rest);
                break;
            }

            _head.Write(rest[..plain]);
            _head.Write("\\"u8);
            _head.Write(rest.Slice(plain, 1));
            rest = rest[(plain + 1)..];
        }

        _head.Write("\""u8);
    }

    /// <summary>Adds a number.</summary>
    public void Add(scoped ReadOnlySpan<byte> name, long number)
    {
        Span<char> digits = stackalloc char[20];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        Add(name, digits[..length]);
    }

    /// <summary>Says that the text lacks its last <paramref name="octets"/>.</summary>
    public readonly void MarkCut(int octets) => Mark("cut"u8, octets);

    /// <summary>Ends the element.</summary>
    public readonly void Close()
    {
        if (OmittedParameters > 0)
        {
            Mark("omitted"u8, OmittedParameters);
        }

        _head.Write("]"u8);
    }

    private readonly void Mark(ReadOnlySpan<byte> name, int number)
    {
        Open(name);
        new LineWriter(_head).Number(number);
        _head.Write("\""u8);
    }

    private readonly void Open(ReadOnlySpan<byte> name)
    {
        _head.Write(" "u8);
        _head.Write(name);
        _head.Write("=\""u8);
    }

    private static int Escapes(ReadOnlySpan<byte> text) => text.Count((byte)'"') + text.Count((byte)'\\') + text.Count((byte)']');
}
