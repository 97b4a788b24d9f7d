using System.Collections;
using System.Text;
using System.Text.Unicode;

namespace WireDns.Detection.Lists;

/// <summary>
/// The values of a placeholder as Sigma strings, one after the other in UTF-8: a list of a million names takes as much memory as its file.
/// Enumerated anew as often as rules are read or compiled; complete before the first time.
/// </summary>
internal sealed class ValueList : IReadOnlyCollection<string>
{
    // An array's length is bounded; a list near that is no list of names.
    private const int MaximumLength = 1 << 30;

    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>Length of all values together, in bytes.</summary>
    public int Length => _length - Count;

    /// <summary>Number of values.</summary>
    public int Count { get; private set; }

    /// <summary>Values that are no host names, and match no name unless something unusual is meant.</summary>
    public int OtherTexts { get; private set; }

    /// <summary>Allocates room for a list of about this many bytes at once: growing would leave arrays of its size behind.</summary>
    public void Reserve(long lengthInBytes)
    {
        if (lengthInBytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(MaximumLength, lengthInBytes));
        }
    }

    /// <summary>
    /// Adds a value that stands for itself: characters that Sigma reads as a wildcard or an escape are escaped. But <c>*.</c> before a host
    /// name stands for the names below it, as in zones (RFC 4592), and a dot after one is dropped, since the names of events have none.
    /// </summary>
    /// <returns>False if it is not UTF-8, has a line end in it, or the list is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> value)
    {
        var name = value.StartsWith("*."u8) ? value[2..] : value;
        name = name.Length > 1 && name[^1] == '.' ? name[..^1] : name;
        if (IsHostName(name))
        {
            return TryAppend(value.StartsWith("*."u8) ? "*."u8 : default, name, mustEscape: false);
        }

        OtherTexts++;
        return Utf8.IsValid(value) && value.IndexOfAny((byte)'\n', (byte)'\r') < 0 && TryAppend(default, value, mustEscape: true);
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var start = 0; start < _length;)
        {
            var end = start + _bytes.AsSpan(start, _length - start).IndexOf((byte)'\n');
            yield return Encoding.UTF8.GetString(_bytes, start, end - start);
            start = end + 1;
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Letters of any script, digits, hyphens and underscores in labels that are not empty.
    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        var isAscii = true;
        var last = (byte)'.';
        foreach (var b in name)
        {
            var isInLabel = (uint)((b | 0x20) - 'a') <= 'z' - 'a' || (uint)(b - '0') <= 9 || b is (byte)'-' or (byte)'_' or >= 0x80;
            if (!isInLabel && (b != '.' || last == '.'))
            {
                return false;
            }

            isAscii &= b < 0x80;
            last = b;
        }

        return last != '.' && (isAscii || Utf8.IsValid(name));
    }

    private bool TryAppend(ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, bool mustEscape)
    {
        var length = before.Length + (mustEscape ? 2 * value.Length : value.Length) + 1;
        if (value.IsEmpty || length > MaximumLength - _length)
        {
            return false;
        }

        if (_bytes.Length - _length < length)
        {
            // By half, not to twice the size: a long list should not take more than it needs.
            Array.Resize(ref _bytes, Math.Max(_length + length, (int)Math.Min(MaximumLength, _bytes.Length * 3L / 2)));
        }

        before.CopyTo(_bytes.AsSpan(_length));
        _length += before.Length;
        if (mustEscape)
        {
            foreach (var b in value)
            {
                if (b is (byte)'*' or (byte)'?' or (byte)'\\')
                {
                    _bytes[_length++] = (byte)'\\';
                }

                _bytes[_length++] = b;
            }
        }
        else
        {
            value.CopyTo(_bytes.AsSpan(_length));
            _length += value.Length;
        }

        _bytes[_length++] = (byte)'\n';
        Count++;
        return true;
    }
}
