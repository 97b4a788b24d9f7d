using System.Text.Json;
using WireDns.Settings;

namespace WireDns.Configuration;

/// <summary>Writes the JSON Schema (draft 7, which editors know) of a configuration file.</summary>
internal static class ConfigurationSchema
{
    /// <summary>Writes the schema.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="settings">The settings that a file may have.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Setting> settings)
    {
        json.WriteStartObject();
        json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
        json.WriteString("title"u8, "Configuration of wiredns live"u8);
        json.WriteString("type"u8, "object"u8);
        json.WriteBoolean("additionalProperties"u8, false);
        json.WriteStartObject("properties"u8);
        foreach (var setting in settings)
        {
            json.WriteStartObject(setting.Name);
            json.WriteString("description"u8, setting.Description);
            var usual = setting.Texts(new SensorSettings());
            if (setting.Kind == SettingKind.Values)
            {
                json.WriteStartArray("anyOf"u8);
                json.WriteStartObject();
                WriteValue(json, setting);
                json.WriteEndObject();
                json.WriteStartObject();
                json.WriteString("type"u8, "array"u8);
                json.WriteNumber("minItems"u8, 1);
                json.WriteStartObject("items"u8);
                WriteValue(json, setting);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
            }
            else
            {
                WriteValue(json, setting);
                WriteDefault(json, setting, usual);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Setting setting)
    {
        if (setting.Kind == SettingKind.Switch)
        {
            json.WriteString("type"u8, "boolean"u8);
        }
        else if (setting.Range is { } range)
        {
            json.WriteString("type"u8, "integer"u8);
            json.WriteNumber("minimum"u8, range.Least);
            json.WriteNumber("maximum"u8, range.Largest);
        }
        else if (setting.Words.Count > 0)
        {
            json.WriteStartArray("enum"u8);
            foreach (var word in setting.Words)
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteStartArray("type"u8);
            json.WriteStringValue("string"u8);
            json.WriteStringValue("integer"u8);
            if (OutputSettings.AreTargets(setting))
            {
                json.WriteStringValue("object"u8);
            }

            json.WriteEndArray();
            if (OutputSettings.AreTargets(setting))
            {
                json.WriteStartArray("required"u8);
                json.WriteStringValue(ConfigurationFile.Target);
                json.WriteEndArray();
            }
        }
    }

    private static void WriteDefault(Utf8JsonWriter json, Setting setting, IReadOnlyList<string> usual)
    {
        if (usual.Count == 0)
        {
            return;
        }

        json.WritePropertyName("default"u8);
        if (setting.Kind == SettingKind.Switch || setting.Range is not null)
        {
            json.WriteRawValue(usual[0]);
        }
        else
        {
            json.WriteStringValue(usual[0]);
        }
    }
}
