using System.Text.RegularExpressions;
using WireDns.Commands;
using WireDns.Settings;
using WireDns.Tests.CommandLines;

namespace WireDns.Tests.Sensor;

/// <summary>Which settings a running sensor takes anew.</summary>
public sealed class ReloadSettingTests
{
    public static IEnumerable<TheoryDataRow<string>> Names => LiveCommand.Settings.Select(setting => new TheoryDataRow<string>(setting.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_is_taken_if_it_is_said_to_reload_and_left_as_it_was_if_not(string name)
    {
        var setting = LiveCommand.Settings.Single(setting => setting.Name == name);
        var before = new SensorSettings();
        var given = before;
        string[] texts = setting.Range is { } range ? [setting.Texts(before) is [var usual] && usual == $"{range.Least}" ? $"{range.Largest}" : $"{range.Least}"]
            : setting.Kind == SettingKind.Switch ? [setting.Texts(before) is ["true"] ? "false" : "true"]
            : SettingTests.Samples[name];
        Assert.Null(setting.Read(ref given, texts));
        Assert.NotEqual(setting.Texts(before), setting.Texts(given));

        var after = before.Reload(given);

        Assert.Equal(setting.Texts(setting.Reloads ? given : before), setting.Texts(after));
        Assert.All(LiveCommand.Settings.Where(other => other != setting), other => Assert.Equal(other.Texts(before), other.Texts(after)));
    }

    [Fact]
    public void The_documentation_lists_them()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "reload.md"));
        var listed = Regex.Matches(page, "^\\| `([a-z-]+)` \\|$", RegexOptions.Multiline).Select(match => match.Groups[1].Value);

        Assert.Equal(LiveCommand.Settings.Where(setting => setting.Reloads).Select(setting => setting.Name), listed);
    }
}
