using System.Text.Json;

namespace WireDns.RuleTools;

/// <summary>
/// A layer of the MITRE ATT&amp;CK Navigator, in version 4.5 of its format (github.com/mitre-attack/attack-navigator: layers/spec/v4.5/layerformat.md): techniques,
/// coloured by a score.
/// </summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Description">What the score says.</param>
/// <param name="Low">The colour of the score 0.</param>
/// <param name="High">The colour of the highest score.</param>
/// <param name="Techniques">The techniques.</param>
internal sealed record NavigatorLayer(string Name, string Description, string Low, string High, IReadOnlyList<LayerTechnique> Techniques)
{
    // The first version of the Navigator that reads layers of version 4.5.
    private const string LeastNavigator = "4.9.0";

    /// <summary>Writes the layer.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Name);
        json.WriteStartObject("versions"u8);
        json.WriteString("navigator"u8, LeastNavigator);
        json.WriteString("layer"u8, "4.5");
        json.WriteEndObject();
        json.WriteString("domain"u8, "enterprise-attack");
        json.WriteString("description"u8, Description);
        json.WriteStartArray("techniques"u8);
        foreach (var technique in Techniques)
        {
            technique.Write(json);
        }

        json.WriteEndArray();
        json.WriteStartObject("gradient"u8);
        json.WriteStartArray("colors"u8);
        json.WriteStringValue(Low);
        json.WriteStringValue(High);
        json.WriteEndArray();
        json.WriteNumber("minValue"u8, 0);
        json.WriteNumber("maxValue"u8, Math.Max(1, Techniques.Select(technique => technique.Score ?? 0).DefaultIfEmpty().Max()));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>A technique of a layer.</summary>
/// <param name="Id">Its id: T1071.004.</param>
/// <param name="Score">Its score; null for none.</param>
/// <param name="Comment">What its tooltip says.</param>
internal sealed record LayerTechnique(string Id, long? Score, string Comment)
{
    /// <summary>Its colour in place of that of its score; null for none.</summary>
    public string? Color { get; init; }

    /// <summary>Further lines of the tooltip.</summary>
    public IReadOnlyList<(string Name, string Value)> Metadata { get; init; } = [];

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("techniqueID"u8, Id);
        if (Score is { } score)
        {
            json.WriteNumber("score"u8, score);
        }

        if (Color is not null)
        {
            json.WriteString("color"u8, Color);
        }

        json.WriteString("comment"u8, Comment);
        json.WriteStartArray("metadata"u8);
        foreach (var (name, value) in Metadata)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
