namespace WireDns.Alerts;

/// <summary>A resource record of the answer section.</summary>
/// <param name="Name">Owner name in presentation form.</param>
/// <param name="Type">Type mnemonic (A, HTTPS, TYPE65400).</param>
/// <param name="Class">Class mnemonic (IN).</param>
/// <param name="TimeToLive">TTL in seconds.</param>
/// <param name="Data">Record data in presentation form.</param>
public sealed record AlertAnswer(string Name, string Type, string Class, uint TimeToLive, string Data);
