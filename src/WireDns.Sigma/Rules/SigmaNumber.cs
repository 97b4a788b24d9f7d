using System.Globalization;

namespace WireDns.Sigma.Rules;

/// <summary>
/// A number in a rule or an event: an integer of up to 96 bits if it is one, otherwise a double. Compared by value: 5 and 5.0 are the same number.
/// </summary>
public readonly struct SigmaNumber : IEquatable<SigmaNumber>, IComparable<SigmaNumber>
{
    // Largest magnitude below which every integral double is exact, so that turning it into an integer loses nothing.
    private const double ExactLimit = 9007199254740992;

    // The integer's low 64 bits and the 32 above them, or the bits of the double. 16 bytes in all, since every value of an event has one.
    private readonly long _bits;
    private readonly int _high;
    private readonly bool _isReal;

    /// <summary>An integer.</summary>
    public SigmaNumber(long value)
    {
        _bits = value;
        _high = (int)(value >> 63);
    }

    /// <summary>A real number; kept as an integer if it is an exact one.</summary>
    public SigmaNumber(double value)
    {
        if (Math.Abs(value) <= ExactLimit && Math.Floor(value) == value)
        {
            this = new SigmaNumber((long)value);
        }
        else
        {
            _bits = BitConverter.DoubleToInt64Bits(value);
            _isReal = true;
        }
    }

    /// <summary>The number whose parts <see cref="Bits"/>, <see cref="High"/> and <see cref="IsReal"/> are.</summary>
    internal SigmaNumber(long bits, int high, bool isReal)
    {
        _bits = bits;
        _high = high;
        _isReal = isReal;
    }

    internal long Bits => _bits;

    internal int High => _high;

    internal bool IsReal => _isReal;

    private Int128 Integer => new((ulong)(long)_high, (ulong)_bits);

    /// <summary>The number as a double; integers beyond 53 bits are rounded.</summary>
    public double ToDouble() => _isReal ? BitConverter.Int64BitsToDouble(_bits) : IsLong ? _bits : (double)Integer;

    private bool IsLong => _high == (int)(_bits >> 63);

    /// <inheritdoc/>
    public int CompareTo(SigmaNumber other) =>
        _isReal || other._isReal ? ToDouble().CompareTo(other.ToDouble())
        : _high == other._high ? ((ulong)_bits).CompareTo((ulong)other._bits) : _high.CompareTo(other._high);

    /// <inheritdoc/>
    public bool Equals(SigmaNumber other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SigmaNumber other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToDouble().GetHashCode();

    /// <summary>The canonical text: decimal digits, for reals the shortest that round-trips. Equal values have the same text.</summary>
    public override string ToString() =>
        _isReal ? ToDouble().ToString("R", CultureInfo.InvariantCulture) : Integer.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the text of <see cref="ToString"/> as UTF-8. 32 bytes are enough for every number.</summary>
    /// <returns>The bytes written.</returns>
    public int Format(Span<byte> destination)
    {
        int written;
        if (_isReal)
        {
            ToDouble().TryFormat(destination, out written, "R", CultureInfo.InvariantCulture);
        }
        else if (!IsLong)
        {
            Integer.TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
        }
        else
        {
            _bits.TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
        }

        return written;
    }

    /// <summary>
    /// Reads a decimal number: digits with an optional sign, fraction and exponent. False for anything else, and for infinities. An integer
    /// beyond 96 bits becomes a double.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SigmaNumber number)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            number = new SigmaNumber(integer);
            return true;
        }

        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) && (int)(large >> 64) == large >> 64)
        {
            number = new SigmaNumber((long)(ulong)large, (int)(large >> 64), isReal: false);
            return true;
        }

        if (double.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var real) && double.IsFinite(real))
        {
            number = new SigmaNumber(real);
            return true;
        }

        number = default;
        return false;
    }

    /// <summary>Equal by value.</summary>
    public static bool operator ==(SigmaNumber left, SigmaNumber right) => left.Equals(right);

    /// <summary>Different by value.</summary>
    public static bool operator !=(SigmaNumber left, SigmaNumber right) => !left.Equals(right);

    /// <summary>Less by value.</summary>
    public static bool operator <(SigmaNumber left, SigmaNumber right) => left.CompareTo(right) < 0;

    /// <summary>Greater by value.</summary>
    public static bool operator >(SigmaNumber left, SigmaNumber right) => left.CompareTo(right) > 0;

    /// <summary>Less or equal by value.</summary>
    public static bool operator <=(SigmaNumber left, SigmaNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Greater or equal by value.</summary>
    public static bool operator >=(SigmaNumber left, SigmaNumber right) => left.CompareTo(right) >= 0;
}
