using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>Walks the options of an OPT record (RFC 6891 §6.1.2). Use it in a <c>foreach</c>.</summary>
public ref struct DnsEdnsOptions
{
    // Code and length.
    private const int OptionHeaderLength = 4;

    private ReadOnlySpan<byte> _rest;

    internal DnsEdnsOptions(ReadOnlySpan<byte> data)
    {
        _rest = data;
        Current = default;
    }

    /// <summary>The current option.</summary>
    public DnsEdnsOption Current { get; private set; }

    /// <summary>Whether the walk ended at an option that reaches past the record.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly DnsEdnsOptions GetEnumerator() => this;

    /// <summary>Moves to the next option; false after the last or at one that reaches past the record.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < OptionHeaderLength || _rest.Length - OptionHeaderLength < BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]))
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        Current = new DnsEdnsOption(
            (DnsEdnsOptionCode)BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest.Slice(OptionHeaderLength, length));
        _rest = _rest[(OptionHeaderLength + length)..];
        return true;
    }
}
