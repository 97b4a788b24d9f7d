using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WireDns.Control;

/// <summary>
/// A request: one line with a JSON object, whose member <c>command</c> names the command; the others are its arguments, texts all of them. Immutable.
/// </summary>
internal sealed class ControlRequest
{
    /// <summary>The most octets of a request, its line feed included.</summary>
    public const int LongestLine = 8 * 1024;

    private readonly Dictionary<string, string> _arguments;

    private ControlRequest(Dictionary<string, string> arguments) => _arguments = arguments;

    /// <summary>The command.</summary>
    public string Command => _arguments["command"];

    /// <summary>The names of what was given besides the command.</summary>
    public IEnumerable<string> Names => _arguments.Keys.Where(name => name != "command");

    /// <summary>The user who asks; null if the system does not say.</summary>
    public uint? User { get; init; }

    /// <summary>An argument; null if it is not given.</summary>
    public string? this[string name] => _arguments.GetValueOrDefault(name);

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="user">The user who sent it.</param>
    /// <param name="request">The request.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> line, uint? user, [NotNullWhen(true)] out ControlRequest? request, [NotNullWhen(false)] out string? fault)
    {
        const string Form = "a request is one line with a JSON object, as {\"command\":\"status\"}";
        request = null;
        fault = Form;
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String)
                {
                    fault = $"the member {member.Name} is no text";
                    return false;
                }

                if (!arguments.TryAdd(member.Name, member.Value.GetString()!))
                {
                    fault = $"the member {member.Name} is there twice";
                    return false;
                }
            }

            if (!arguments.ContainsKey("command"))
            {
                return false;
            }

            request = new ControlRequest(arguments) { User = user };
            fault = null;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with half of a surrogate pair.
            fault = Form;
            return false;
        }
    }
}

/// <summary>A command that a sensor takes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">The names of the arguments that it knows.</param>
/// <param name="Answer">
/// Writes the members of the result into an object. Called on a thread of the client, several at once. Throws <see cref="ControlRefusal"/> to refuse.
/// </param>
internal sealed record ControlCommand(string Name, IReadOnlyList<string> Arguments, Action<ControlRequest, Utf8JsonWriter> Answer);

/// <summary>A command cannot be done; the message is for the user.</summary>
/// <param name="reason">The reason as an identifier: <c>bad_request</c>, <c>refused</c> …; docs/control.md lists them.</param>
/// <param name="message">Why.</param>
internal sealed class ControlRefusal(string reason, string message) : Exception(message)
{
    /// <summary>The arguments are wrong.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The sensor could not do it.</summary>
    public const string Refused = "refused";

    /// <summary>The sensor has no figures yet.</summary>
    public const string Starting = "starting";

    /// <summary>The reason as an identifier.</summary>
    public string Reason { get; } = reason;
}
