using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules coverage --format navigator</c>: a layer as the Navigator's layer format 4.5 describes it.</summary>
public sealed partial class NavigatorTests
{
    // The properties of layers/spec/v4.5/layerformat.md that are required, or that we write, with their types.
    private static readonly Dictionary<string, JsonValueKind> OfLayer = new()
    {
        ["name"] = JsonValueKind.String,
        ["versions"] = JsonValueKind.Object,
        ["domain"] = JsonValueKind.String,
        ["description"] = JsonValueKind.String,
        ["techniques"] = JsonValueKind.Array,
        ["gradient"] = JsonValueKind.Object,
    };

    private static readonly Dictionary<string, JsonValueKind> OfTechnique = new()
    {
        ["techniqueID"] = JsonValueKind.String,
        ["score"] = JsonValueKind.Number,
        ["comment"] = JsonValueKind.String,
        ["metadata"] = JsonValueKind.Array,
    };

    [Fact]
    public void The_layer_has_the_published_shape()
    {
        using var json = JsonDocument.Parse(Product.Run("rules", "coverage", TestPaths.Shared("sigma/rules"), "--format", "navigator").Output.Text);
        var layer = json.RootElement;

        AssertShape(layer, OfLayer, ["name", "domain"]);
        Assert.Equal("enterprise-attack", layer.GetProperty("domain").GetString());
        Assert.Equal("4.5", layer.GetProperty("versions").GetProperty("layer").GetString());
        Assert.True(Version.Parse(layer.GetProperty("versions").GetProperty("navigator").GetString()!) >= new Version(4, 9, 0));
        Assert.NotEmpty(layer.GetProperty("techniques").EnumerateArray());
        Assert.All(layer.GetProperty("techniques").EnumerateArray(), technique =>
        {
            AssertShape(technique, OfTechnique, ["techniqueID"]);
            Assert.Matches(TechniqueId(), technique.GetProperty("techniqueID").GetString());
            Assert.All(technique.GetProperty("metadata").EnumerateArray(), entry =>
                AssertShape(entry, new() { ["name"] = JsonValueKind.String, ["value"] = JsonValueKind.String }, ["name", "value"]));
        });
        var gradient = layer.GetProperty("gradient");
        Assert.True(gradient.GetProperty("maxValue").GetInt32() > gradient.GetProperty("minValue").GetInt32());
        Assert.True(gradient.GetProperty("colors").GetArrayLength() >= 2);
        Assert.All(gradient.GetProperty("colors").EnumerateArray(), colour => Assert.Matches("^#[0-9a-f]{6}$", colour.GetString()));
    }

    [Fact]
    public void The_score_is_the_number_of_rules_that_run_as_in_the_other_formats()
    {
        using var json = JsonDocument.Parse(Product.Run("rules", "coverage", TestPaths.AllRules, "--format", "json").Output.Text);
        using var layer = JsonDocument.Parse(Product.Run("rules", "coverage", TestPaths.AllRules, "--format", "navigator").Output.Text);
        var expected = json.RootElement.GetProperty("techniques").EnumerateArray().ToDictionary(
            technique => technique.GetProperty("id").GetString()!,
            technique => technique.GetProperty("full").GetInt32() + technique.GetProperty("degraded").GetInt32());

        Assert.NotEmpty(expected);
        Assert.Equal(expected, layer.RootElement.GetProperty("techniques").EnumerateArray().ToDictionary(
            technique => technique.GetProperty("techniqueID").GetString()!, technique => technique.GetProperty("score").GetInt32()));
    }

    [Fact]
    public void A_technique_whose_rules_do_not_run_has_no_score_and_titles_are_printable()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", RuleText.Of("s:\n    Image: x\ncondition: s", "\"A \\e[31m title\"", $"id: {SampleRules.OtherId}\ntags: [attack.t1071.004]"));
        using var json = JsonDocument.Parse(Product.Run("rules", "coverage", folder.Path, "--format", "navigator").Output.Text);
        var technique = Assert.Single(json.RootElement.GetProperty("techniques").EnumerateArray());

        Assert.False(technique.TryGetProperty("score", out _));
        Assert.Equal("0 of 1 rules run", technique.GetProperty("comment").GetString());
        Assert.DoesNotContain('\e', technique.GetProperty("metadata")[0].GetProperty("value").GetString()!);
    }

    private static void AssertShape(JsonElement element, Dictionary<string, JsonValueKind> properties, string[] required)
    {
        Assert.All(element.EnumerateObject(), property => Assert.Equal(properties[property.Name], property.Value.ValueKind));
        Assert.All(required, name => Assert.True(element.TryGetProperty(name, out _)));
    }

    [GeneratedRegex(@"^T[0-9]{4}(\.[0-9]{3})?$")]
    private static partial Regex TechniqueId();
}
