using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.Conformance;

/// <summary>What text says of hostile captures is what JSON says, name for name, read back by a reader that knows the grammar alone.</summary>
public sealed class TextOfTortureTests
{
    [Fact]
    public void Every_line_of_the_torture_captures_reads_back_to_the_fields_that_JSON_has()
    {
        using var folder = new TemporaryFolder();
        var captures = TestPaths.Shared("torture");
        var rule = folder.Write("all.yml", "title: \"all \\\"of\\\" them\"\nlogsource: {category: dns}\ndetection:\n  s: {dst_port: [53, 5353, 5355]}\n  condition: s\nlevel: low\n");
        var text = Product.Run("read", captures, "-r", rule, "-f", "text", "-q");
        var ecs = Product.Run("read", captures, "-r", rule, "-f", "ecs", "-q");

        Assert.True(text.Output.Lines.Count > 100, "too few alerts to show anything");
        Assert.Equal(ecs.Output.Lines.Count, text.Output.Lines.Count);
        foreach (var (line, json) in text.Output.Lines.Zip(ecs.Output.Lines))
        {
            var read = TextLine.Read(line);
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var dns = root.GetProperty("dns");
            Assert.Equal(Name(dns), read.Name);
            Assert.Equal(root.GetProperty("rule").GetProperty("name").GetString(), read.Title);
            Assert.Equal(root.GetProperty("wiredns").GetProperty("packet_number").GetInt64(), read.Packet);
            Assert.Equal(root.GetProperty("log").GetProperty("file").GetProperty("path").GetString(), read.Place);
            Assert.Contains(root.GetProperty("client").GetProperty("ip").GetString()!, read.Client, StringComparison.Ordinal);
            Assert.Equal(dns.GetProperty("type").GetString() == "answer", read.Message.StartsWith("response/", StringComparison.Ordinal));
        }
    }

    private static string Name(JsonElement dns) => !dns.TryGetProperty("question", out var question) || !question.TryGetProperty("name", out var name)
        ? "-"
        : Regex.Replace(name.GetString()!, @"\\(.)", match => match.Groups[1].Value switch
        {
            "t" => @"\009",
            "n" => @"\010",
            "r" => @"\013",
            "\"" => "\"",
            _ => match.Value,
        });
}
