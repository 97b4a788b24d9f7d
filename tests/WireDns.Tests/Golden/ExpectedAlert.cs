using System.Text.Json;
using System.Text.Json.Serialization;

namespace WireDns.Tests.Golden;

/// <summary>A line of a capture's <c>.expected.jsonl</c>, which captures/README.md describes.</summary>
internal sealed record ExpectedAlert(
    long Frame, string Ts, string Transport, string Client, int ClientPort, string Server, int Id, string Name, string Type, string Pattern,
    bool ResponseOnly, string Rule)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static IReadOnlyList<ExpectedAlert> ReadFor(string capture) =>
        [.. File.ReadLines(Path.ChangeExtension(capture, ".expected.jsonl"))
            .Select(line => JsonSerializer.Deserialize<ExpectedAlert>(line, Options)!)];
}
