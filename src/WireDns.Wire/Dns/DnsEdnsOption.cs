namespace WireDns.Wire.Dns;

/// <summary>An EDNS option: a view over the OPT record.</summary>
public readonly ref struct DnsEdnsOption
{
    /// <summary>The longest text that <see cref="WriteName"/> writes, in bytes.</summary>
    public const int MaximumNameLength = 14;

    internal DnsEdnsOption(DnsEdnsOptionCode code, ReadOnlySpan<byte> data)
    {
        Code = code;
        Data = data;
    }

    /// <summary>What the option is; any value may occur.</summary>
    public DnsEdnsOptionCode Code { get; }

    /// <summary>The option's data as it stands; 0 to 65,531 bytes.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>
    /// Writes a short name such as <c>ECS</c> or <c>COOKIE</c>, or <c>OPTn</c> where there is none, as ASCII; returns its length in
    /// bytes.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the name.</exception>
    public int WriteName(Span<byte> destination)
    {
        var text = new DnsTextWriter(destination);
        DnsEdnsOptionText.WriteName(Code, ref text);
        return text.IsOverflow ? throw new ArgumentException("shorter than the name", nameof(destination)) : text.Length;
    }

    /// <summary>
    /// Writes the data as ASCII text: a client subnet as <c>address/source/scope</c>, an extended error as its code, meaning and text,
    /// padding as its length, and so on. An option without a text form, or with data that does not fit it, is written in upper-case
    /// hexadecimal. False if <paramref name="destination"/> is too short: 64 bytes and four for each byte of data are always enough.
    /// </summary>
    public bool TryWriteText(Span<byte> destination, out int bytesWritten)
    {
        var text = new DnsTextWriter(destination);
        DnsEdnsOptionText.WriteValue(this, ref text);
        bytesWritten = text.IsOverflow ? 0 : text.Length;
        return !text.IsOverflow;
    }
}
