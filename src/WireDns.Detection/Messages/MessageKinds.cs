namespace WireDns.Detection.Messages;

/// <summary>The words that logs use for a query and a response. A response stands for the whole lookup, and so for its query too.</summary>
internal static class MessageKinds
{
    /// <summary>The words for a query: ECS, then Suricata versions 2 and 3.</summary>
    public static IReadOnlyList<string> OfQuery { get; } = ["query", "request"];

    /// <summary>The words for a response.</summary>
    public static IReadOnlyList<string> OfResponse { get; } = ["answer", "response", "reply"];

    /// <summary>How many words apply to a message.</summary>
    public static int Count(bool isResponse) => OfQuery.Count + (isResponse ? OfResponse.Count : 0);

    /// <summary>A word by index from 0, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Get(int index) => index switch
    {
        0 => "query"u8,
        1 => "request"u8,
        2 => "answer"u8,
        3 => "response"u8,
        _ => "reply"u8,
    };
}
