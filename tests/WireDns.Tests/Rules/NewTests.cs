using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.RuleTools;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules new</c>.</summary>
public sealed class NewTests
{
    public static TheoryData<string> Kinds => [.. RuleTemplate.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_new_rule_of_each_kind_passes_the_check_and_its_test_as_it_stands(string kind)
    {
        using var folder = new TemporaryFolder();
        var made = Product.Run("rules", "new", "--kind", kind, "-O", folder["my_rule.yml"]);
        var check = Product.Run("rules", "check", "--strict", folder["my_rule.yml"]);
        var test = Product.Run("rules", "test", folder["my_rule.test.yml"]);

        Assert.Equal(0, made.ExitStatus);
        Assert.Empty(made.Output.Lines);
        Assert.True(check.ExitStatus == 0, check.Output.Text + check.Error.Text);
        Assert.Contains("0 errors, 0 warnings", check.Output.Text, StringComparison.Ordinal);
        Assert.True(test.ExitStatus == 0, test.Output.Text + test.Error.Text);
        Assert.EndsWith(" passed, 0 failed\n", test.Output.Text, StringComparison.Ordinal);
        Assert.True(test.Output.Lines.Count >= 2, "the template has no case");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_test_of_each_kind_fails_when_the_rule_is_spoilt(string kind)
    {
        using var folder = new TemporaryFolder();
        Product.Run("rules", "new", "--kind", kind, "-O", folder["my_rule.yml"]);
        var text = File.ReadAllText(folder["my_rule.yml"]);
        var spoilt = kind == "filter"
            ? text.Replace("condition: not selection", "condition: selection", StringComparison.Ordinal)
            : Regex.Replace(text, "SERVFAIL|REFUSED|unwanted|counted|192.0.2.0/24", match => match.Value == "192.0.2.0/24" ? "203.0.113.0/24" : "NOTIMP", RegexOptions.None);
        File.WriteAllText(folder["my_rule.yml"], spoilt);

        Assert.Equal(1, Product.Run("rules", "test", folder["my_rule.test.yml"]).ExitStatus);
    }

    [Fact]
    public void Each_rule_has_an_id_of_its_own_and_the_date_of_today()
    {
        var first = Product.Run("rules", "new").Output.Text;
        var second = Product.Run("rules", "new").Output.Text;
        var today = DateTimeOffset.Now;

        Assert.NotEqual(Id(first), Id(second));
        Assert.Contains(
            new[] { today, today.AddDays(-1) }.Select(day => $"date: {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\n"),
            line => first.Contains(line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("my_rule.yml", Label = "the rule")]
    [InlineData("my_rule.test.yml", Label = "its test")]
    public void Nothing_is_overwritten_and_nothing_is_written_beside_it(string existing)
    {
        using var folder = new TemporaryFolder();
        folder.Write(existing, "mine");
        var run = Product.Run("rules", "new", "-O", folder["my_rule.yml"]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal($"wiredns: {folder[existing]} exists already, and is not overwritten", Assert.Single(run.Error.Lines));
        Assert.Equal("mine", File.ReadAllText(folder[existing]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("rule.txt", "takes a file whose name ends in .yml")]
    [InlineData("rule.test.yml", "takes a file whose name ends in .yml")]
    [InlineData("absent/rule.yml", "there is no such folder")]
    public void A_file_that_rules_are_not_read_from_is_refused(string file, string answer)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "new", "-O", folder[file]);

        Assert.InRange(run.ExitStatus, 1, 2);
        Assert.Contains(answer, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    private static string Id(string rule) => Regex.Match(rule, "(?m)^id: ([0-9a-f-]{36})$").Groups[1].Value;
}
