namespace WireDns.Alerts;

/// <summary>
/// What is wrong with a message or a packet. An alert that has one tells of no rule: it is sent where anomalies are asked for, with the level
/// informational, and its client and server are the packet's sender and receiver where there is no message that says more.
/// </summary>
/// <param name="Kind">malformed (a message with a fault) or undecodable (a packet that could not be read as far as its payload).</param>
/// <param name="Reason">Why, as the ledger names it (pointer_outside, cut_header).</param>
/// <param name="Packets">Packets that it is about: more than one where they were put together from fragments.</param>
public sealed record AlertAnomaly(string Kind, string Reason, int Packets)
{
    /// <summary>The rule of all alerts that tell of an anomaly.</summary>
    public static AlertRule Rule { get; } = new() { Title = "anomaly", Level = AlertLevel.Informational, File = "" };

    /// <summary>The end of a packet of which not even the address is known.</summary>
    public static AlertEndpoint UnknownEnd { get; } = new("", AlertEndpoint.UnknownPort);
}
