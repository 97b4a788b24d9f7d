using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>One value of an event's field: a view, valid as long as its source.</summary>
public readonly ref struct FieldValue
{
    // Laid out in 32 bytes: it is returned by value for each field of each event.
    private readonly long _bits;
    private readonly int _high;
    private readonly bool _isReal;

    private FieldValue(FieldValueKind kind, ReadOnlySpan<byte> text, SigmaNumber number)
    {
        Kind = kind;
        Text = text;
        _bits = number.Bits;
        _high = number.High;
        _isReal = number.IsReal;
    }

    /// <summary>Null.</summary>
    public static FieldValue Null => default;

    /// <summary>The type.</summary>
    public FieldValueKind Kind { get; }

    /// <summary>
    /// The text in UTF-8 if it is a text, "true" or "false" if it is a boolean, else empty. Bytes that are not UTF-8 are tolerated: each is
    /// a character that equals only itself.
    /// </summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The number if it is one, else 0.</summary>
    public SigmaNumber Number => new(_bits, _high, _isReal);

    /// <summary>A text.</summary>
    public static FieldValue FromText(ReadOnlySpan<byte> utf8) => new(FieldValueKind.Text, utf8, default);

    /// <summary>An integer.</summary>
    public static FieldValue FromNumber(long number) => new(FieldValueKind.Number, default, new SigmaNumber(number));

    /// <summary>A number.</summary>
    public static FieldValue FromNumber(SigmaNumber number) => new(FieldValueKind.Number, default, number);

    /// <summary>A boolean.</summary>
    public static FieldValue FromBoolean(bool value) => new(FieldValueKind.Boolean, value ? "true"u8 : "false"u8, default);
}

/// <summary>The type of a <see cref="FieldValue"/>.</summary>
public enum FieldValueKind : byte
{
    /// <summary>Present, but without a value.</summary>
    Null,

    /// <summary>Text in UTF-8.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,
}
