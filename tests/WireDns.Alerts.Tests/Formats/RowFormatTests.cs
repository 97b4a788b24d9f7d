using System.Text;
using System.Text.RegularExpressions;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Formats;

/// <summary><see cref="CsvFormat"/> and <see cref="TableFormat"/>: a row for each alert.</summary>
public sealed class RowFormatTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "docs/formats");

    [Fact]
    public void The_samples_are_what_the_formats_write()
    {
        var table = new TableFormat(120, isColoured: false);
        AssertSample("csv.sample.csv", CsvFormat.Header, new CsvFormat());
        AssertSample("table.sample.txt", table.Header, table);

        static void AssertSample(string name, string header, IAlertFormat format)
        {
            var text = string.Join('\n', FormatSamples.All.Select(format.Show).Prepend(header)) + "\n";
            var path = Path.Combine(Folder, name);
            if (Environment.GetEnvironmentVariable("WIREDNS_WRITE_SAMPLES") == "1")
            {
                File.WriteAllText(path, text);
            }

            Assert.Equal(File.ReadAllText(path), text);
        }
    }

    [Fact]
    public void Every_column_is_explained_and_every_row_has_a_cell_for_it()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        var columns = CsvFormat.Header.Split(',');
        Notification[] further = [SampleAlerts.Least, SampleAlerts.Hostile("a\"]b,\\ \n\u001b[31m ünï\ud800")];

        Assert.All(columns, column => Assert.Contains($"`{column}`", page, StringComparison.Ordinal));
        Assert.All(FormatSamples.All.Concat(further), sample => Assert.Equal(columns.Length, Cells(new CsvFormat().Show(sample)).Count));
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A0")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("'quoted")]
    [InlineData("''twice")]
    [InlineData("a,b \"c\" d")]
    [InlineData("=a,\"b\"")]
    public void No_cell_is_a_formula_and_the_text_comes_back(string name)
    {
        var row = new CsvFormat().Show(SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = name } });
        var cell = Cells(row)[Array.IndexOf(CsvFormat.Header.Split(','), "name")];

        Assert.DoesNotContain(cell[0], "=+-@\t\r");
        Assert.Equal(name, cell.StartsWith('\'') ? cell[1..] : cell);
    }

    [Theory]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("\n=1")]
    public void A_control_character_at_the_start_is_escaped_and_no_formula_follows(string text)
    {
        var row = new CsvFormat().Show(SampleAlerts.Plain with { File = text });

        Assert.StartsWith("\\u{", Cells(row)[Array.IndexOf(CsvFormat.Header.Split(','), "file")], StringComparison.Ordinal);
        Assert.DoesNotContain('\n', row);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(237)]
    public void Every_row_of_a_table_fits_the_width_and_keeps_the_number_of_the_packet(int width)
    {
        var table = new TableFormat(width, isColoured: false);
        Notification[] further =
        [
            SampleAlerts.Least, SampleAlerts.Hostile("[red]a\"]b,\\ \n\u001b[31m ünï\ud800 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"),
            SampleAlerts.Plain with { File = new string('f', 300) + ".pcap" },
        ];
        Assert.InRange(table.Header.Length, 60, width);
        Assert.All(FormatSamples.All.Concat(further), sample =>
        {
            var row = table.Show(sample);

            Assert.True(row.EnumerateRunes().Sum(rune => Math.Max(0, Wcwidth.UnicodeCalculator.GetWidth(rune))) <= width, row);
            Assert.DoesNotContain(row, char.IsControl);
            if (sample is Alert alert)
            {
                Assert.EndsWith($"#{alert.PacketNumber}", row, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(219)]
    public void The_part_of_a_long_name_that_matched_is_kept_and_underlined(int start)
    {
        var name = string.Concat(Enumerable.Repeat("abcdefghijklm.", 16)).Remove(start, 5).Insert(start, "match") + "example.com";
        var alert = SampleAlerts.Plain with
        {
            Message = SampleAlerts.Plain.Message with { QuestionName = name },
            Reasons = [new AlertReason("s", "query", ["contains"], "match", name, start, 5)],
        };
        var row = new TableFormat(100, isColoured: true).Show(alert);

        Assert.Contains("\u001b[1;4mmatch\u001b[0m", row, StringComparison.Ordinal);
        Assert.Equal(start > 0, Regex.IsMatch(row, @"…[a-z.]*\u001b\[1;4m"));
        Assert.InRange(Regex.Replace(row, @"\u001b\[[0-9;]*m", "").Length, 60, 100);
    }

    [Fact]
    public void A_bracket_in_a_name_is_a_bracket()
    {
        var row = new TableFormat(120, isColoured: true).Show(SampleAlerts.Plain with
        {
            Reasons = [],
            Message = SampleAlerts.Plain.Message with { QuestionName = "[bold]x[/].test" },
        });

        Assert.Contains("[bold]x[/].test", row, StringComparison.Ordinal);
    }

    // RFC 4180 by hand, so that what is written is judged by something else.
    private static List<string> Cells(string row)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var index = 0; index < row.Length; index++)
        {
            if (isQuoted && row[index] == '"' && index + 1 < row.Length && row[index + 1] == '"')
            {
                cell.Append('"');
                index++;
            }
            else if (row[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (row[index] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(row[index]);
            }
        }

        Assert.False(isQuoted, row);
        cells.Add(cell.ToString());
        return cells;
    }
}
