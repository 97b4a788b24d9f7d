namespace WireDns.Detection.Messages;

/// <summary>What logs call a query and a response. A response stands for the lookup, and so for its query too.</summary>
internal static class MessageKinds
{
    /// <summary>A query: ECS, Suricata's version 2 and 3.</summary>
    public static IReadOnlyList<string> OfQuery { get; } = ["query", "request"];

    /// <summary>A response, likewise.</summary>
    public static IReadOnlyList<string> OfResponse { get; } = ["answer", "response", "reply"];

    /// <summary>How many words a message has.</summary>
    public static int Count(bool isResponse) => OfQuery.Count + (isResponse ? OfResponse.Count : 0);

    /// <summary>One of them, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Get(int index) => index switch
    {
        0 => "query"u8,
        1 => "request"u8,
        2 => "answer"u8,
        3 => "response"u8,
        _ => "reply"u8,
    };
}
