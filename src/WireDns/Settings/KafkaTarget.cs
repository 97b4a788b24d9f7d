using WireDns.Alerts.Transports;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Reads a topic of Kafka as the user writes it: <c>kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC[,properties=FILE]</c>.</summary>
internal static class KafkaTarget
{
    /// <summary>Whether a target is a topic.</summary>
    public static bool Is(OutputTarget target) => target.Address.StartsWith("kafka://", StringComparison.Ordinal);

    /// <summary>Reads a topic, with the settings that every topic has.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static KafkaOptions Read(OutputTarget target)
    {
        var topic = KafkaOptions.Parse(target.Address) ?? throw target.Mistake("kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected, the topic in letters, digits, dots, hyphens and underscores");
        return topic with { PropertiesFile = target.Text("properties") };
    }
}
