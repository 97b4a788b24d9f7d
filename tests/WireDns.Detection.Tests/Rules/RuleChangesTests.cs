using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Tests.Rules;

/// <summary>What a reload would change, and what of it is a mistake.</summary>
public sealed class RuleChangesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-test-").FullName;

    [Fact]
    public void Rules_are_added_removed_changed_or_the_same()
    {
        Write("a", "one.example");
        Write("b", "two.example");
        Write("c", "three.example");
        var before = Load();
        File.Delete(Path.Combine(_folder, "a.yml"));
        Write("b", "other.example");
        Write("d", "four.example");
        Write("e", "five.example");

        var changes = RuleChanges.Between(before, Load(before));

        Assert.Equal((2, 1, 1, (3, 4)), (changes.Added, changes.Removed, changes.Changed, changes.Running));
        Assert.Empty(changes.Broken);
        Assert.False(changes.IsShrunk);
    }

    [Fact]
    public void Another_level_is_a_change_and_another_comment_or_file_is_none()
    {
        Write("a", "one.example");
        Write("b", "two.example");
        Write("c", "three.example");
        var before = Load();
        Write("a", "one.example", "level: high");
        Write("b", "two.example", "# the same");
        File.Move(Path.Combine(_folder, "c.yml"), Path.Combine(_folder, "moved.yml"));

        var changes = RuleChanges.Between(before, Load(before));

        Assert.Equal((0, 0, 1), (changes.Added, changes.Removed, changes.Changed));
    }

    [Fact]
    public void A_rule_that_ran_and_has_an_error_is_broken_and_one_that_never_ran_is_not()
    {
        Write("a", "one.example");
        Write("b", "two.example");
        var before = Load();
        Write("b", "two.example", "logsource: 7");
        Write("never", "three.example", "logsource: 7");

        var changes = RuleChanges.Between(before, Load(before));

        var (rule, error) = Assert.Single(changes.Broken);
        Assert.Equal("b", rule.Alert.Title);
        Assert.Equal(Path.Combine(_folder, "b.yml"), error.File);
        Assert.True(error.Line > 0);
    }

    [Fact]
    public void All_rules_of_a_folder_that_is_gone_are_broken()
    {
        Write("a", "one.example");
        var before = Load();
        Directory.Delete(_folder, recursive: true);
        var after = Load(before);
        Directory.CreateDirectory(_folder);

        Assert.Equal(_folder, Assert.Single(RuleChanges.Between(before, after).Broken).Error.File);
    }

    [Fact]
    public void Half_of_the_rules_is_enough_and_less_is_shrunk()
    {
        for (var number = 0; number < 5; number++)
        {
            Write($"r{number}", $"n{number}.example");
        }

        var before = Load();
        File.Delete(Path.Combine(_folder, "r0.yml"));
        File.Delete(Path.Combine(_folder, "r1.yml"));
        Assert.False(RuleChanges.Between(before, Load(before)).IsShrunk);
        File.Delete(Path.Combine(_folder, "r2.yml"));
        Assert.True(RuleChanges.Between(before, Load(before)).IsShrunk);
    }

    [Fact]
    public void A_list_with_less_than_half_of_its_values_is_shrunk()
    {
        Write("a", "one.example");
        var before = Load(null, 10);

        Assert.Equal(("bad", 10L, 4L), Assert.Single(RuleChanges.Between(before, Load(before, 4)).ShrunkLists));
        Assert.Empty(RuleChanges.Between(before, Load(before, 5)).ShrunkLists);
        Assert.Empty(RuleChanges.Between(before, Load(before, 0)).ShrunkLists); // it is not given any more
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LoadedRules Load(LoadedRules? predecessor = null, int values = 0)
    {
        var placeholders = new SigmaPlaceholders();
        if (values > 0)
        {
            placeholders.Add("bad", Enumerable.Range(0, values).Select(number => $"n{number}.example"), values, values * 10);
        }

        return LoadedRules.Load([_folder], new RuleLoading { Placeholders = placeholders }, predecessor);
    }

    private void Write(string title, string name, string more = "") => File.WriteAllText(Path.Combine(_folder, title + ".yml"), $"""
        title: {title}
        id: {IdOf(title)}-0f57-4c7e-9f0e-2a4c35b0d9a1
        logsource: {"{"}category: dns{"}"}
        detection:
            s: {"{"}query: {name}{"}"}
            condition: s
        {more}
        """);

    private static string IdOf(string title) => string.Concat(title.Select(letter => $"{(int)letter:x2}")).PadLeft(8, '0')[..8];
}
