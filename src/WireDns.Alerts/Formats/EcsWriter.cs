using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>Writes JSON properties so that an absent value leaves its property out: an empty field in an index looks like knowledge.</summary>
internal readonly struct EcsWriter(Utf8JsonWriter writer)
{
    public Utf8JsonWriter Writer => writer;

    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WritePropertyName(name);
            Value(value);
        }
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            for (var index = 0; index < values.Count; index++)
            {
                Value(values[index]);
            }

            writer.WriteEndArray();
        }
    }

    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>A flag that is only written where it is set.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }

    public void Value(string value) => writer.WriteStringValue(value);
}
