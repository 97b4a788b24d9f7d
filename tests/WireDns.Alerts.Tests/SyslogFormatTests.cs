using System.Buffers;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests;

public sealed class SyslogFormatTests
{
    private static readonly SyslogOptions Options = new() { HostName = "sensor-1", ProcessId = 4711 };

    [Fact]
    public void Writes_a_message() => Assert.Equal(
        "<132>1 2026-03-01T09:15:02.000001Z sensor-1 wiredns 4711 rule-match "
        + "[wiredns@32473 alert=\"00000000000000bb\" level=\"medium\" title=\"Storage Look-alike Lookup\" client=\"192.0.2.10\" clientPort=\"40000\" "
        + "server=\"192.0.2.53\" serverPort=\"53\" transport=\"udp\" message=\"query\" name=\"cdn.msstorageazure.com\" type=\"AAAA\" dnsId=\"2\" packet=\"17\" "
        + "file=\"day.pcap\"] "
        + "2026-03-01T09:15:02.000001Z MEDIUM   \"Storage Look-alike Lookup\" 192.0.2.10:40000 -> 192.0.2.53:53 udp query AAAA "
        + "cdn.msstorageazure.com QueryName|endswith:\".msstorageazure.com\" day.pcap#17",
        new SyslogFormat(new TextFormat(), Options).Show(SampleAlerts.Plain));

    [Theory]
    [InlineData(AlertLevel.Informational, SyslogFacility.Local0, 134)]
    [InlineData(AlertLevel.Low, SyslogFacility.Local0, 133)]
    [InlineData(AlertLevel.Medium, SyslogFacility.Local0, 132)]
    [InlineData(AlertLevel.High, SyslogFacility.Local0, 131)]
    [InlineData(AlertLevel.Critical, SyslogFacility.Local0, 130)]
    [InlineData(AlertLevel.Critical, SyslogFacility.Kern, 2)]
    [InlineData(AlertLevel.Informational, SyslogFacility.Local7, 190)]
    public void Makes_the_priority_of_facility_and_level(AlertLevel level, SyslogFacility facility, int expected)
    {
        var format = new SyslogFormat(new TextFormat(), Options with { Facility = facility });
        var alert = SampleAlerts.Plain with { Rule = SampleAlerts.Rule with { Level = level } };
        Assert.Equal(expected, StrictSyslogMessage.Parse(format.Octets(alert)).Priority);
    }

    [Fact]
    public void Says_everything_in_the_structured_data()
    {
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options with { EnterpriseNumber = 12345 }).Octets(SampleAlerts.Full));

        Assert.Equal("wiredns@12345", message.ElementId);
        Assert.Equal(@"Update.a\.b.msstorageazure.com", message.Parameters["name"]);
        Assert.Equal("8e1f9c9e-32f4-4b5c-a0d5-2f6b0e9f1b11", message.Parameters["rule"]);
        Assert.Equal("response", message.Parameters["message"]);
        Assert.Equal("NOERROR", message.Parameters["responseCode"]);
        Assert.Equal("2001:db8::10", message.Parameters["client"]);
        Assert.Equal("eth0", message.Parameters["interface"]);
        Assert.Equal("additional record cut short", message.Parameters["malformed"]);
    }

    [Fact]
    public void Has_no_time_where_the_packet_has_none()
    {
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(SampleAlerts.Least));
        Assert.Equal("-", message.Time);
    }

    [Theory]
    [InlineData("", "-", Label = "no name")]
    [InlineData("my hôst\n", "my-h-st-", Label = "a name with spaces and letters beyond ASCII")]
    public void Makes_a_header_field_of_any_name(string name, string expected)
    {
        var format = new SyslogFormat(new TextFormat(), Options with { HostName = name, ApplicationName = new string('x', 60) });
        var message = StrictSyslogMessage.Parse(format.Octets(SampleAlerts.Plain));
        Assert.Equal(expected, message.HostName);
        Assert.Equal(48, message.ApplicationName.Length);
    }

    [Fact]
    public void Marks_a_text_beyond_ascii_with_a_byte_order_mark_and_no_other()
    {
        var alert = SampleAlerts.Plain with { Rule = SampleAlerts.Rule with { Title = "Verdächtig 名" } };
        var text = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(alert));
        Assert.True(text.HasByteOrderMark);
        Assert.Contains("Verdächtig 名", text.Text, StringComparison.Ordinal);
        Assert.Equal("Verdächtig 名", text.Parameters["title"]);
        Assert.False(StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(SampleAlerts.Plain)).HasByteOrderMark);
    }

    [Fact]
    public void Carries_json_that_can_be_read()
    {
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new EcsFormat(), Options with { MaximumLength = 8192 }).Octets(SampleAlerts.Full));
        Assert.False(message.HasByteOrderMark);
        using var document = JsonDocument.Parse(message.Text);
        Assert.Equal("alert", document.RootElement.GetProperty("event").GetProperty("kind").GetString());
    }

    [Fact]
    public void Cuts_json_to_every_maximum_so_that_it_stays_whole_and_says_what_is_missing()
    {
        var alert = SampleAlerts.Full with
        {
            Message = SampleAlerts.Full.Message with
            {
                QuestionName = string.Concat(Enumerable.Repeat(@"\007", 250)),
                Answers = [.. Enumerable.Repeat(SampleAlerts.Full.Message.Answers[0], 60)],
            },
        };
        var whole = new EcsFormat().Octets(alert).Length;
        Assert.InRange(whole, 9000, 40_000);
        for (var maximum = SyslogOptions.SmallestMaximumLength; maximum < whole + 1200; maximum += maximum < 2000 ? 1 : 83)
        {
            var output = new ArrayBufferWriter<byte>();
            var isWhole = new SyslogFormat(new EcsFormat(), Options with { MaximumLength = maximum }).Write(alert, output);
            Assert.InRange(output.WrittenCount, 1, maximum);
            var message = StrictSyslogMessage.Parse(output.WrittenSpan.ToArray());
            using var document = JsonDocument.Parse(message.Text);
            var isCut = document.RootElement.GetProperty("wiredns").TryGetProperty("omitted", out var omitted);
            Assert.Equal(message.Parameters.ContainsKey("cut"), isCut);
            Assert.Equal(isWhole, !isCut && !message.Parameters.ContainsKey("omitted"));
            if (isCut)
            {
                Assert.NotEqual(0, omitted.GetArrayLength());
                Assert.Equal(maximum < 3000 && omitted[0].GetString() == "*" ? "*" : "dns.answers", omitted[0].GetString()); // the longest goes first
            }

            if (maximum >= 5000)
            {
                Assert.Equal(alert.Id, document.RootElement.GetProperty("event").GetProperty("id").GetString());
                Assert.Equal(alert.Message.QuestionName, document.RootElement.GetProperty("dns").GetProperty("question").GetProperty("name").GetString());
            }
        }
    }

    [Fact]
    public void Puts_the_lines_of_a_verbose_text_into_one()
    {
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(colour: true, verbose: true), Options with { MaximumLength = 8192 }).Octets(SampleAlerts.Full));
        Assert.Contains("reference", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Escapes_what_would_end_a_parameter()
    {
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(SampleAlerts.Hostile("a\"]b\\ [x@1 y=\"\n\ud800")));
        Assert.Equal("a\"]b\\ [x@1 y=\"" + @"\u{a}\u{d800}", message.Parameters["name"]);
    }

    [Fact]
    public void Cuts_the_text_to_every_maximum_without_breaking_the_grammar()
    {
        var alert = SampleAlerts.Full with
        {
            Rule = SampleAlerts.Rule with { Title = "名前\\\"]" + new string('é', 150) },
            Message = SampleAlerts.Full.Message with { QuestionName = string.Concat(Enumerable.Repeat(@"\007", 250)) },
        };
        var whole = Encoding.UTF8.GetByteCount(new TextFormat(verbose: true).Show(alert));
        for (var maximum = SyslogOptions.SmallestMaximumLength; maximum < 7000; maximum += maximum < 2600 ? 1 : 17)
        {
            var format = new SyslogFormat(new TextFormat(verbose: true), Options with { MaximumLength = maximum });
            var output = new ArrayBufferWriter<byte>();
            var isWhole = format.Write(alert, output);
            Assert.InRange(output.WrittenCount, 1, maximum);
            var message = StrictSyslogMessage.Parse(output.WrittenSpan.ToArray());
            var isCut = message.Parameters.TryGetValue("cut", out var cut);
            Assert.Equal(isCut, message.Text.EndsWith("...", StringComparison.Ordinal));
            Assert.Equal(isWhole, !isCut && !message.Parameters.ContainsKey("omitted"));
            Assert.Equal(whole, isCut ? Encoding.UTF8.GetByteCount(message.Text) - 3 + int.Parse(cut!, null) : Encoding.UTF8.GetByteCount(message.Text));
        }
    }

    [Fact]
    public void Leaves_out_whole_parameters_that_do_not_fit_and_says_how_many()
    {
        var alert = SampleAlerts.Full with { Message = SampleAlerts.Full.Message with { QuestionName = string.Concat(Enumerable.Repeat(@"\007", 250)) } };
        var message = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options with { MaximumLength = 900 }).Octets(alert));
        Assert.False(message.Parameters.ContainsKey("name"));
        Assert.Equal("1", message.Parameters["omitted"]);
        Assert.True(message.Parameters.ContainsKey("cut"));
        Assert.Equal("1:LQU9qZlK+B5F3KDmev6m5PMibrg=", message.Parameters["communityId"]);
    }

    [Fact]
    public void Keeps_the_grammar_for_every_character_and_the_longest_header()
    {
        var format = new SyslogFormat(new TextFormat(), Options with
        {
            MaximumLength = SyslogOptions.SmallestMaximumLength,
            HostName = new string('h', 300),
            ApplicationName = new string('a', 60),
            ProcessId = int.MaxValue,
            EnterpriseNumber = int.MaxValue,
        });
        for (var value = 0; value <= 0x2FFF; value += value < 0x200 || value is > 0x1FF0 and < 0x2070 ? 1 : 61)
        {
            var octets = format.Octets(SampleAlerts.Hostile($"{(char)value}x"));
            Assert.InRange(octets.Length, 1, SyslogOptions.SmallestMaximumLength);
            Assert.Equal("rule-match", StrictSyslogMessage.Parse(octets).MessageId);
        }
    }

    [Theory]
    [InlineData(479, 1, SyslogFacility.Local0)]
    [InlineData(65508, 1, SyslogFacility.Local0)]
    [InlineData(2048, 0, SyslogFacility.Local0)]
    [InlineData(2048, 1, (SyslogFacility)12)]
    public void Rejects_options_outside_their_range(int maximum, int enterprise, SyslogFacility facility) =>
        Assert.ThrowsAny<ArgumentException>(() => new SyslogFormat(
            new TextFormat(), Options with { MaximumLength = maximum, EnterpriseNumber = enterprise, Facility = facility }));
}
