using System.Globalization;
using System.Text;
using WireDns.Detection.Lists;

namespace WireDns.Detection.Intel;

/// <summary>An export of attributes by MISP as CSV: its first row has the columns type and value, and usually to_ids, uuid, comment and attribute_tag.</summary>
internal sealed class MispRows(IntelReading reading)
{
    private static readonly string[] Needed = ["type", "value"];

    /// <summary>Whether a file begins like one.</summary>
    public static bool Begins(ReadOnlySpan<byte> beginning)
    {
        var end = beginning.IndexOf((byte)'\n');
        var columns = Cells((end < 0 ? beginning : beginning[..end]).TrimEnd((byte)'\r'), (byte)',');
        return Needed.All(columns.Contains);
    }

    /// <summary>Reads the indicators.</summary>
    public void Read(LineReader lines, ReadOnlySpan<byte> beginning)
    {
        reading.List.Format = "misp";
        var rows = new CsvRows(lines, reading, beginning);
        if (!rows.TryRead(out var row, out _))
        {
            return;
        }

        var columns = Cells(row, rows.Delimiter);
        while (rows.TryRead(out row, out var line))
        {
            var cells = Cells(row, rows.Delimiter);
            if (cells.Count < columns.Count)
            {
                reading.Fault(line, string.Create(CultureInfo.InvariantCulture, $"expected {columns.Count} columns, found {cells.Count}"));
                continue;
            }

            Add(line, name => columns.IndexOf(name) is >= 0 and var index ? cells[index] : "");
        }
    }

    private void Add(int line, Func<string, string> cell)
    {
        var type = cell("type");
        var value = Encoding.UTF8.GetBytes(MispAttribute.NameOf(type, cell("value")));
        var refusal = MispAttribute.Judge(type, isTakenBack: cell("deleted") is "1" or "true", isForDetection: cell("to_ids") is not ("0" or "false" or "False"));
        if (refusal != IntelRefusal.None)
        {
            reading.Refuse(refusal, line, 1, value);
            return;
        }

        string[] tags = cell("attribute_tag").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        reading.Add(line, 1, value, new IndicatorDetail
        {
            Id = NullIfEmpty(cell("uuid")),
            Title = NullIfEmpty(cell("event_info")) ?? NullIfEmpty(cell("comment")),
            Labels = tags,
            Confidence = MispAttribute.ConfidenceOf(tags),
            ValidFrom = DateTimeOffset.TryParse(cell("first_seen"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var seen) ? seen.ToUnixTimeSeconds() : null,
        });
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static List<string> Cells(ReadOnlySpan<byte> row, byte delimiter)
    {
        const int Most = 64;
        var texts = new List<string>();
        var cells = new CsvCells(row, delimiter);
        while (texts.Count < Most && cells.TryRead())
        {
            texts.Add(Encoding.UTF8.GetString(cells.Current));
        }

        return texts;
    }
}
