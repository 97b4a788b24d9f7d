using System.Buffers;
using System.Text.RegularExpressions;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests;

public sealed partial class TextFormatTests
{
    [Fact]
    public void Writes_one_line_for_a_query() => Assert.Equal(
        "2026-03-01T09:15:02.000001Z MEDIUM   \"Storage Look-alike Lookup\" 192.0.2.10:40000 -> 192.0.2.53:53 udp query AAAA "
        + "cdn.msstorageazure.com QueryName|endswith:\".msstorageazure.com\" day.pcap#17",
        new TextFormat().Show(SampleAlerts.Plain));

    [Fact]
    public void Writes_one_line_for_a_response_with_everything() => Assert.Equal(
        "2026-03-01T09:15:02.123456Z HIGH     \"Storage Look-alike Lookup\" [2001:db8::10]:53124 -> [2001:db8::53]:53 udp response/NOERROR A "
        + @"Update.a\.b.msstorageazure.com query|endswith:"".msstorageazure.com"" +1 [malformed,truncated,overlap,forwarded,caveat] "
        + "captures/day one.pcapng#17",
        new TextFormat().Show(SampleAlerts.Full));

    [Fact]
    public void Writes_a_hyphen_for_what_is_not_known() => Assert.Equal(
        "- MEDIUM   \"Bare\" 192.0.2.10:40000 -> 192.0.2.53:53 tcp query - - - -#1",
        new TextFormat().Show(SampleAlerts.Least));

    [Theory]
    [InlineData(AlertLevel.Informational, "INFO     ")]
    [InlineData(AlertLevel.Low, "LOW      ")]
    [InlineData(AlertLevel.Medium, "MEDIUM   ")]
    [InlineData(AlertLevel.High, "HIGH     ")]
    [InlineData(AlertLevel.Critical, "CRITICAL ")]
    public void Gives_every_level_the_same_width(AlertLevel level, string expected)
    {
        var line = new TextFormat().Show(SampleAlerts.Plain with { Rule = SampleAlerts.Rule with { Level = level, Caveat = null } });
        Assert.Equal(expected, line.Substring(28, 9));
    }

    [Fact]
    public void Shows_the_value_where_it_is_not_the_name()
    {
        var alert = SampleAlerts.Plain with { Reasons = [new AlertReason("s", null, [], "evil", "TXT of evil", 7, 4)] };
        Assert.Contains(" keyword:\"evil\"=\"TXT of evil\" ", new TextFormat().Show(alert), StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_part_of_a_long_value_that_matched()
    {
        var value = new string('a', 60_000) + "evil" + new string('b', 60_000);
        var alert = SampleAlerts.Plain with { Reasons = [new AlertReason("s", "answer", ["contains"], "evil", value, 60_000, 4)] };
        var line = new TextFormat().Show(alert);
        Assert.Contains("=...\"" + new string('a', 58) + "evil" + new string('b', 58) + "\"... day.pcap#17", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_class_that_is_not_internet() => Assert.Contains(
        " query TXT/CH version.bind ",
        new TextFormat().Show(SampleAlerts.Plain with
        {
            Message = SampleAlerts.Plain.Message with { QuestionName = "version.bind", QuestionType = "TXT", QuestionClass = "CH" },
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Colours_the_level_and_highlights_the_match_in_the_name()
    {
        var line = new TextFormat(colour: true).Show(SampleAlerts.Plain);
        Assert.Contains("\e[33mMEDIUM\e[0m   \"", line, StringComparison.Ordinal);
        Assert.Contains(" cdn\e[1;4m.msstorageazure.com\e[0m QueryName", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Says_the_same_with_and_without_colour(bool verbose)
    {
        foreach (var alert in new[] { SampleAlerts.Plain, SampleAlerts.Full, SampleAlerts.Least })
        {
            Assert.Equal(
                new TextFormat(colour: false, verbose).Show(alert),
                Sequence().Replace(new TextFormat(colour: true, verbose).Show(alert), ""));
        }
    }

    [Fact]
    public void Says_everything_where_it_is_verbose() => Assert.Equal(
        """

          rule             8e1f9c9e-32f4-4b5c-a0d5-2f6b0e9f1b11 (experimental) rules/look alike.yml
          author           A. Defender
          description      Looks for a domain that imitates a storage provider.
          tags             attack.command-and-control, attack.exfiltration, attack.t1071.004, attack.t1048, detection.emerging-threats
          attack tactic    command-and-control, exfiltration
          attack technique T1071.004, T1048
          reference        https://example.org/a?b=1&c=2
          reference        https://example.org/second
          false positive   Tests of this rule
          caveat           a filter names Image, which no wire carries
          matched          selection query|endswith:".msstorageazure.com"
                           Update.a\.b.msstorageazure.com
                                      ^^^^^^^^^^^^^^^^^^^
          matched          answers answer:"203.0.113.*"
                           203.0.113.7
                           ^^^^^^^^^^^
          message          id 4660 QUERY RD RA
          domain           msstorageazure.com
          answer           Update.a\.b.msstorageazure.com 300 IN CNAME edge.example.net
          answer           edge.example.net 60 IN A 203.0.113.7
          malformed        additional record cut short
          truncated        the capture's snap length cut the message
          overlap          fragments or segments overlapped with different bytes: the host may have read another message
          interface        eth0
          vlan             100, 200, 300
          tunnel           vxlan, gre
          community id     1:LQU9qZlK+B5F3KDmev6m5PMibrg=
          query            packet 12
          forwarded        the client is a resolver that asked for a client of its own
          alert            5d41402abc4b2a76
        """,
        Details(SampleAlerts.Full));

    [Fact]
    public void Says_little_where_little_is_known() => Assert.Equal(
        """

          rule             - bare.yml
          matched          no value: the condition holds by what is absent
          message          id 1 STATUS
          alert            00000000000000aa
        """,
        Details(SampleAlerts.Least));

    [Fact]
    public void Underlines_the_match_below_escapes()
    {
        var alert = SampleAlerts.Plain with { Reasons = [new AlertReason("s", "answer", [], "é\n", "a\té\nb", 2, 2)] };
        Assert.Contains(
            """
                               a\u{9}\u{e9}\u{a}b
                                     ^^^^^^^^^^^
            """,
            Details(alert),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(900, 5, Label = "a match that starts after the value")]
    [InlineData(3, int.MaxValue, Label = "a match longer than the value")]
    [InlineData(-7, -7, Label = "a negative match")]
    public void Survives_a_reason_that_lies(int start, int length)
    {
        var alert = SampleAlerts.Plain with { Reasons = [SampleAlerts.Plain.Reasons[0] with { Start = start, Length = length }] };
        Assert.Contains(" cdn", Sequence().Replace(new TextFormat(colour: true, verbose: true).Show(alert), ""), StringComparison.Ordinal);
        Assert.NotEmpty(new EcsFormat().Show(alert));
    }

    [Fact]
    public void No_text_can_forge_a_line_or_move_the_cursor()
    {
        var lines = new TextFormat(verbose: true).Show(SampleAlerts.Hostile("x")).Split('\n').Length;
        for (var value = 0; value <= 0x2FFF; value += value < 0x200 || value is > 0x1FF0 and < 0x2070 ? 1 : 61)
        {
            var alert = SampleAlerts.Hostile($"x{(char)value}\r\n2026-03-01T09:15:02.000001Z HIGH");
            var line = new TextFormat().Show(alert);
            Assert.DoesNotContain('\n', line);
            Assert.DoesNotContain(line, character => char.IsControl(character));
            Assert.Equal(lines, new TextFormat(verbose: true).Show(alert).Split('\n').Length);
        }
    }

    [Fact]
    public void The_line_keeps_the_documented_grammar()
    {
        string[] texts = ["-", "a b", "[x]", "\"", @"\", "|", ":", "=", "#1", "\u202e", "é", "\ud800"];
        foreach (var text in texts)
        {
            Assert.Matches(Grammar(), new TextFormat().Show(SampleAlerts.Hostile(text)));
        }

        Assert.Matches(Grammar(), new TextFormat().Show(SampleAlerts.Full));
        Assert.Matches(Grammar(), new TextFormat().Show(SampleAlerts.Plain));
        Assert.Matches(Grammar(), new TextFormat().Show(SampleAlerts.Least));
    }

    [Fact]
    public void Allocates_nothing_for_a_line()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var format = new TextFormat(colour: true, verbose: true);
        for (var round = 0; round < 100; round++)
        {
            output.ResetWrittenCount();
            format.Write(SampleAlerts.Full, output);
        }

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                output.ResetWrittenCount();
                format.Write(SampleAlerts.Full, output);
            }
        }));
    }

    private static string Details(Alert alert)
    {
        var text = new TextFormat(verbose: true).Show(alert);
        return text[text.IndexOf('\n')..];
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Sequence();

    /// <summary>The grammar of docs/formats/text.abnf.</summary>
    [GeneratedRegex(
        """
        \A(-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\x20
        (INFO|LOW|MEDIUM|HIGH|CRITICAL)\x20+
        "([^"\\]|\\.)*"(\.\.\.)?\x20
        (\[\S+\]|\S+):\d+\x20->\x20(\[\S+\]|\S+):\d+\x20
        \S+\x20
        (query|response/\S+)\x20
        \S+\x20
        \S+\x20
        (-|\S+:"([^"\\]|\\.)*"(\.\.\.)?(=(\.\.\.)?"([^"\\]|\\.)*"(\.\.\.)?)?)\x20
        (\+\d+\x20)?
        (\[[a-z,]+\]\x20)?
        .*\#\d+\z
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Grammar();
}
