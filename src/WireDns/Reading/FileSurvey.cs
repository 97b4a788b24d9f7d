using WireDns.Capture.Compression;
using WireDns.Capture.Files;
using WireDns.Wire;

namespace WireDns.Reading;

/// <summary>What a file is, noted while a <see cref="FileRun"/> reads it. One thread at a time.</summary>
internal sealed class FileSurvey
{
    private readonly SortedDictionary<int, long> _linkTypes = [];
    private CaptureFileReader? _reader;
    private (long First, long Last)? _span;

    /// <summary>A file was opened.</summary>
    public void Begin(CaptureFileReader reader)
    {
        _reader = reader;
        _span = null;
        _linkTypes.Clear();
    }

    /// <summary>The next packets of it were read.</summary>
    public void Note(PacketBatch batch)
    {
        var (type, count) = (int.MinValue, 0L);
        foreach (var packet in batch)
        {
            if ((int)packet.LinkType != type)
            {
                Add(type, count);
                (type, count) = ((int)packet.LinkType, 0);
            }

            count++;
            if (packet.Time.HasValue)
            {
                var time = packet.Time.Nanoseconds;
                _span = _span is { } span ? (Math.Min(span.First, time), Math.Max(span.Last, time)) : (time, time);
            }
        }

        Add(type, count);
    }

    /// <summary>What was noted of the file that was begun last, and forgets it; null if it could not be opened as a capture.</summary>
    public SurveyedFile? Take()
    {
        var file = _reader is null ? null : new SurveyedFile(
            _reader.Format.ToString().ToLowerInvariant(), NameOf(_reader.Compression), [.. _linkTypes.Keys.Where(type => type >= 0).Select(NameOf)], _span);
        _reader = null;
        return file;
    }

    private void Add(int type, long count)
    {
        if (count > 0)
        {
            _linkTypes[type] = _linkTypes.GetValueOrDefault(type) + count;
        }
    }

    private static string? NameOf(CaptureCompression compression) => compression == CaptureCompression.None ? null : compression.ToString().ToLowerInvariant();

    private static string NameOf(int type) =>
        Enum.IsDefined((LinkType)type) ? ((LinkType)type).ToString() : type.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What a capture file is.</summary>
/// <param name="Format">pcap, pcapng or snoop.</param>
/// <param name="Compression">gzip, zstd …; null if it is not compressed.</param>
/// <param name="LinkTypes">The link types of its packets, by name, or by number where they have none here.</param>
/// <param name="Span">The earliest and the latest time of its packets in nanoseconds since the Unix epoch; null if none has one.</param>
internal sealed record SurveyedFile(string Format, string? Compression, IReadOnlyList<string> LinkTypes, (long First, long Last)? Span);
