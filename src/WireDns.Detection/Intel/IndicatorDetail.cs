using System.Buffers.Binary;
using System.Text;

namespace WireDns.Detection.Intel;

/// <summary>What a source says about an indicator besides its name. Texts are cut to a bounded length.</summary>
internal sealed record IndicatorDetail
{
    private const int MaximumText = 200;
    private const int MaximumLabels = 16;
    private const byte NoConfidence = byte.MaxValue;

    // The confidence and the time.
    private const int Fixed = 1 + sizeof(long);

    /// <summary>The source's own id; null if it has none.</summary>
    public string? Id { get; init; }

    /// <summary>What the source calls it, or why it is listed; null if it does not say.</summary>
    public string? Title { get; init; }

    /// <summary>Labels, types and tags.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>0 to 100; null if the source does not say.</summary>
    public int? Confidence { get; init; }

    /// <summary>From when it holds, in seconds since the Unix epoch; null if the source does not say.</summary>
    public long? ValidFrom { get; init; }

    /// <summary>Until when it holds; null if the source does not say. Not encoded.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether there is anything to encode.</summary>
    public bool HasText => Id is not null || Title is not null || Labels.Count > 0 || Confidence is not null || ValidFrom is not null;

    /// <summary>The most octets that encoding takes.</summary>
    public int EncodedLength => Fixed + 1 + Texts().Sum(text => sizeof(ushort) + Encoding.UTF8.GetMaxByteCount(text.Length));

    /// <summary>Writes it, and returns how many octets that took.</summary>
    public int Encode(Span<byte> output)
    {
        output[0] = (byte?)Confidence ?? NoConfidence;
        BinaryPrimitives.WriteInt64LittleEndian(output[1..], ValidFrom ?? long.MinValue);
        var texts = Texts();
        output[Fixed] = (byte)texts.Count;
        var length = Fixed + 1;
        foreach (var text in texts)
        {
            var written = Encoding.UTF8.GetBytes(text, output[(length + sizeof(ushort))..]);
            BinaryPrimitives.WriteUInt16LittleEndian(output[length..], (ushort)written);
            length += sizeof(ushort) + written;
        }

        return length;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    public static IndicatorDetail Decode(ReadOnlySpan<byte> input)
    {
        var from = BinaryPrimitives.ReadInt64LittleEndian(input[1..]);
        var texts = new string[input[Fixed]];
        var rest = input[(Fixed + 1)..];
        for (var i = 0; i < texts.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            texts[i] = Encoding.UTF8.GetString(rest.Slice(sizeof(ushort), length));
            rest = rest[(sizeof(ushort) + length)..];
        }

        return new IndicatorDetail
        {
            Confidence = input[0] == NoConfidence ? null : input[0],
            ValidFrom = from == long.MinValue ? null : from,
            Id = NullIfEmpty(texts[0]),
            Title = NullIfEmpty(texts[1]),
            Labels = texts[2..],
        };
    }

    private List<string> Texts() => [Cut(Id), Cut(Title), .. Labels.Take(MaximumLabels).Select(Cut)];

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string Cut(string? text) => text is null ? "" : text.Length <= MaximumText ? text : text[..MaximumText];
}
