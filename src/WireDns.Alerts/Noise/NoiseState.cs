namespace WireDns.Alerts.Noise;

/// <summary>The windows of a <see cref="NoiseFilter"/> at one moment, for a later run. Immutable.</summary>
public sealed class NoiseState
{
    // More windows than a filter ever has.
    private const int MostWindows = 1 << 20;

    internal NoiseState(IReadOnlyList<WindowState> windows) => Windows = windows;

    /// <summary>The number of windows.</summary>
    public int Count => Windows.Count;

    internal IReadOnlyList<WindowState> Windows { get; }

    /// <summary>Writes it.</summary>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Windows.Count);
        foreach (var window in Windows)
        {
            window.Write(writer);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="IOException">It is something else.</exception>
    /// <exception cref="FormatException">It is something else.</exception>
    public static NoiseState Read(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var count = reader.ReadInt32();
        if (count is < 0 or > MostWindows)
        {
            throw new FormatException("a number of windows out of range");
        }

        var windows = new List<WindowState>();
        for (var i = 0; i < count; i++)
        {
            windows.Add(WindowState.Read(reader));
        }

        return new NoiseState(windows);
    }
}

/// <summary>A window of a <see cref="NoiseFilter"/>, and what was held back in it.</summary>
internal sealed record WindowState
{
    private const int MostItems = 64;

    public required HeldBack Cause { get; init; }

    public required AlertKey Key { get; init; }

    public required long Start { get; init; }

    public required TimeSpan Length { get; init; }

    public required int Sent { get; init; }

    public required string SentId { get; init; }

    public required long Held { get; init; }

    public required long From { get; init; }

    public required long Until { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required bool HasMoreNames { get; init; }

    public required string? File { get; init; }

    public required string? Interface { get; init; }

    public required long PacketNumber { get; init; }

    public required IReadOnlyList<int> VlanIds { get; init; }

    public required AlertAnomaly? Anomaly { get; init; }

    /// <summary>The alert that opened the window, as far as its summary needs it.</summary>
    public Alert FirstAlert(AlertRule rule) => new()
    {
        Id = SentId,
        UnixTimeNanoseconds = Start,
        Rule = rule,
        Client = AlertAnomaly.UnknownEnd,
        Server = AlertAnomaly.UnknownEnd,
        Transport = "",
        Message = AlertMessage.None,
        Reasons = [],
        Anomaly = Anomaly,
        File = File,
        Interface = Interface,
        PacketNumber = PacketNumber,
        VlanIds = VlanIds,
    };

    public void Write(BinaryWriter writer)
    {
        writer.Write((byte)Cause);
        foreach (var text in new[] { Key.Rule, Key.File, Key.Client, Key.Network, Key.Domain, SentId, File ?? "", Interface ?? "", Anomaly?.Kind ?? "", Anomaly?.Reason ?? "" })
        {
            writer.Write(text);
        }

        foreach (var number in new[] { Start, Length.Ticks, Sent, Held, From, Until, PacketNumber, Anomaly?.Packets ?? 0, HasMoreNames ? 1 : 0 })
        {
            writer.Write(number);
        }

        writer.Write((byte)Names.Count);
        foreach (var name in Names)
        {
            writer.Write(name);
        }

        writer.Write((byte)VlanIds.Count);
        foreach (var id in VlanIds)
        {
            writer.Write(id);
        }
    }

    public static WindowState Read(BinaryReader reader)
    {
        var cause = (HeldBack)reader.ReadByte();
        var texts = new string[10];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString();
        }

        var numbers = new long[9];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.ReadInt64();
        }

        if (!Enum.IsDefined(cause) || numbers[1] <= 0 || numbers[1] > TimeSpan.FromDays(366).Ticks || numbers[2] is < 1 or > int.MaxValue || numbers[3] < 0
            || Math.Abs(Math.Clamp(numbers[0], -long.MaxValue, long.MaxValue)) > 1L << 62)
        {
            throw new FormatException("a window out of range");
        }

        return new WindowState
        {
            Cause = cause,
            Key = new AlertKey(texts[0], texts[1], texts[2], texts[3], texts[4]),
            SentId = texts[5],
            File = NullIfEmpty(texts[6]),
            Interface = NullIfEmpty(texts[7]),
            Anomaly = texts[8].Length == 0 ? null : new AlertAnomaly(texts[8], texts[9], (int)Math.Clamp(numbers[7], 1, int.MaxValue)),
            Start = numbers[0],
            Length = TimeSpan.FromTicks(numbers[1]),
            Sent = (int)numbers[2],
            Held = numbers[3],
            From = numbers[4],
            Until = numbers[5],
            PacketNumber = numbers[6],
            HasMoreNames = numbers[8] != 0,
            Names = [.. ReadItems(reader, reader.ReadString)],
            VlanIds = [.. ReadItems(reader, reader.ReadInt32)],
        };
    }

    private static List<T> ReadItems<T>(BinaryReader reader, Func<T> read)
    {
        var count = reader.ReadByte();
        var items = new List<T>();
        for (var i = 0; i < count; i++)
        {
            items.Add(count <= MostItems ? read() : throw new FormatException("too many items"));
        }

        return items;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
