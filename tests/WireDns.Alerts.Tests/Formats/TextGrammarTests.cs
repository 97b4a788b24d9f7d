using CsCheck;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Formats;

/// <summary>Lines of the text format, read back by a reader that knows the grammar alone.</summary>
public sealed class TextGrammarTests
{
    private static readonly Gen<string> Names = Gen.Byte.Array[1, 20].Array[1, 4].Select(labels => string.Join('.', labels.Select(ExactValueTests.Present)));

    // What a quoted text of the format holds at most, so that nothing is cut.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[1, 30], Gen.String[Gen.Char["\\u{}=|\"abc\n\r\t\u001b\u202e\ud800\udc00\ufdd0 []+-#"], 1, 20]);

    [Fact]
    public void Any_name_title_pattern_value_and_path_comes_back_exactly() => Gen.Select(Names, Texts, Texts, Texts).Sample((name, title, pattern, value) =>
    {
        var alert = SampleAlerts.Plain with
        {
            Rule = SampleAlerts.Plain.Rule with { Title = title, Caveat = "caveat" },
            Message = SampleAlerts.Plain.Message with { QuestionName = name, IsTruncated = true },
            Reasons =
            [
                new AlertReason("s", "answers", ["contains", "all"], pattern, value, 0, value.Length) { IsNegated = true },
                new AlertReason("s", "query", [], "x", "x", 0, 1),
            ],
            File = value.Replace('\\', '/'), // a path may have a backslash of its own, which only the JSON formats tell from an escape
        };

        var line = TextLine.Read(FormatSamples.Of("text").Show(alert));

        Assert.Equal((name, title, pattern, value), (line.Name, line.Title, line.Pattern, line.Value));
        Assert.Equal(("not answers|contains|all", 1, alert.File, alert.PacketNumber), (line.Field, line.Others, line.Place, line.Packet));
        Assert.Equal(["truncated", "caveat"], line.Notes);
    }, iter: 3000);

    [Fact]
    public void Every_octet_in_a_name_comes_back_exactly()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            var name = $"a{ExactValueTests.Present([(byte)octet])}b.example";
            Assert.Equal(name, TextLine.Read(FormatSamples.Of("text").Show(SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = name } })).Name);
        }
    }

    [Fact]
    public void The_fields_of_each_kind_of_line_are_those_of_the_alert()
    {
        foreach (var alert in FormatSamples.All.OfType<Alert>())
        {
            var line = TextLine.Read(FormatSamples.Of("text").Show(alert));

            Assert.Equal(alert.PacketNumber, line.Packet);
            Assert.Equal(alert.File ?? alert.Interface, line.Place);
            Assert.Equal(alert.Anomaly is null ? alert.Rule.Title : $"{alert.Anomaly.Kind} {alert.Anomaly.Reason}", line.Title);
            Assert.Contains(alert.Client.Address, line.Client, StringComparison.Ordinal);
            Assert.Equal(alert.Repeats?.Domain ?? alert.Message.QuestionName ?? "-", line.Name);
            Assert.Equal(alert.Reasons.Count == 0 ? null : alert.Reasons[0].Pattern, line.Pattern);
        }
    }
}
