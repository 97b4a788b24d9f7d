using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>A topic of a Kafka cluster, and how to reach it. Immutable.</summary>
public sealed record KafkaOptions
{
    private const string Scheme = "kafka://";
    private const int LongestTopic = 249; // Kafka's own bound
    private const int LargestFile = 64 * 1024;

    // What would undo the promise that every message is acknowledged once, name another cluster, or load code.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "bootstrap.servers", "metadata.broker.list", "acks", "request.required.acks", "enable.idempotence", "enable.gapless.guarantee", "message.timeout.ms",
        "delivery.timeout.ms", "delivery.report.only.error", "plugin.library.paths", "transactional.id", "partitioner",
    };

    // The same for a consumer, which commits what it has dealt with, and nothing else.
    private static readonly HashSet<string> ReservedOfConsumers = new(StringComparer.Ordinal)
    {
        "bootstrap.servers", "metadata.broker.list", "plugin.library.paths", "group.id", "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "auto.offset.reset",
        "partition.assignment.strategy", "isolation.level",
    };

    /// <summary>Brokers to ask for the others: HOST:PORT, with commas between them.</summary>
    public required string Brokers { get; init; }

    /// <summary>The topic: letters, digits, dots, hyphens and underscores.</summary>
    public required string Topic { get; init; }

    /// <summary>
    /// A file with further properties of librdkafka, <c>name=value</c> in each line, as <c>security.protocol=SASL_SSL</c>. Default: null, none. It may hold secrets.
    /// </summary>
    public string? PropertiesFile { get; init; }

    /// <summary>The key of all messages, so that they are in one partition, in order. Default: null, each has the id of its alert or lookup.</summary>
    public string? Key { get; init; }

    /// <summary>Reads <c>kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC</c>; null if it is something else.</summary>
    public static KafkaOptions? Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var slash = address.Length > Scheme.Length ? address.IndexOf('/', Scheme.Length) : -1;
        if (!address.StartsWith(Scheme, StringComparison.Ordinal) || slash < 0)
        {
            return null;
        }

        var brokers = address[Scheme.Length..slash].Split(',');
        var topic = address[(slash + 1)..];
        return brokers.All(IsBroker) && topic.Length is > 0 and <= LongestTopic && topic is not ("." or "..") && topic.All(IsOfTopic)
            ? new KafkaOptions { Brokers = string.Join(',', brokers), Topic = topic }
            : null;
    }

    /// <summary>The properties of <see cref="PropertiesFile"/>, with the place of each.</summary>
    /// <exception cref="IOException">The file cannot be read, or is wrong; the message has file, line and reason.</exception>
    /// <param name="isConsumer">Whether they are those of a consumer.</param>
    internal IReadOnlyList<(string Place, string Name, string Value)> ReadProperties(bool isConsumer = false)
    {
        var reserved = isConsumer ? ReservedOfConsumers : Reserved;
        if (PropertiesFile is null)
        {
            return [];
        }

        string text;
        try
        {
            using var file = File.OpenRead(PropertiesFile);
            var content = new byte[LargestFile + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            text = length <= LargestFile ? Encoding.UTF8.GetString(content, 0, length) : throw new IOException($"{PropertiesFile}: a file of properties has at most 64 KiB");
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{PropertiesFile}: {SystemErrors.Words(exception)}", exception);
        }

        var properties = new List<(string Place, string Name, string Value)>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var place = string.Create(CultureInfo.InvariantCulture, $"{PropertiesFile}:{number}");
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? line[..equals].Trim() : throw new IOException($"{place}: name=value was expected");
            properties.Add(!reserved.Contains(name) ? (place, name, line[(equals + 1)..].Trim())
                : throw new IOException($"{place}: {name} is not the user's to set: {(isConsumer ? "a record counts as dealt with once what follows from it is delivered" : "each message is acknowledged by all replicas in sync, once")}"));
        }

        return properties;
    }

    private static bool IsBroker(string broker) => broker.Length > 0 && broker.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or ':' or '[' or ']');

    private static bool IsOfTopic(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_';
}
