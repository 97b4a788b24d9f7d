using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// The text by which values are compared, as in rules: the canonical text of a number, and letters without case. Its buffers grow to the
/// longest value seen.
/// </summary>
internal sealed class ValueText
{
    // The longest text of a number has 24 characters.
    private readonly byte[] _digits = new byte[32];
    private byte[] _folded = new byte[1024];

    /// <summary>The text as written; valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(FieldValue value) =>
        value.Kind == FieldValueKind.Number ? _digits.AsSpan(0, value.Number.Format(_digits)) : value.Text;

    /// <summary>The text without case; valid until the next call.</summary>
    public ReadOnlySpan<byte> Fold(FieldValue value, FieldKind kind)
    {
        var text = Of(value);
        var needed = TextFolding.MaximumLength(text.Length);
        if (_folded.Length < needed)
        {
            _folded = new byte[Math.Max(needed, _folded.Length * 2)];
        }

        return _folded.AsSpan(0, TextFolding.Fold(text, _folded, kind == FieldKind.Name));
    }
}
