using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>
/// Reads the events of a JSON-lines stream, one per line. A line that is not an event is reported and counted.
/// </summary>
/// <param name="take">Takes the events.</param>
/// <param name="name">The stream's name in messages.</param>
internal sealed class EventRun(EventRun.LineHandler take, string name)
{
    // Far longer than an event of any log; a file without line feeds must not fill the memory.
    private const int MaximumLineLength = 16 * 1024 * 1024;

    // Without a limit, a file that is not JSON lines at all would give one message per line.
    private const int MaximumReports = 20;

    /// <summary>Takes a line, with its number from 0. False if it is not one JSON object.</summary>
    public delegate bool LineHandler(ReadOnlySpan<byte> line, long number);

    /// <summary>Takes a hit: the rule's index, and the number of the event's line, from 0.</summary>
    public delegate void HitHandler(int rule, long line);

    /// <summary>A run that matches rules.</summary>
    /// <param name="matcher">The rules.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <param name="onHit">Takes the hits: by event, and for each by rule.</param>
    public EventRun(EventMatcher matcher, string name, HitHandler onHit)
        : this((line, number) => Match(matcher, line, number, onHit), name)
    {
    }

    /// <summary>Lines that are not a JSON object.</summary>
    public long BadLines { get; private set; }

    /// <summary>Reads to the end, or until nobody wants more. Empty lines are not events, but count as lines.</summary>
    /// <param name="stream">The events.</param>
    /// <param name="beforeWait">Called before each read of the stream; false ends the run.</param>
    public void Read(Stream stream, Func<bool> beforeWait)
    {
        var isWanted = true;
        var reader = new EventLineReader(stream, MaximumLineLength, () => isWanted = beforeWait());
        for (long number = 0; reader.TryRead(out var line) && isWanted; number++)
        {
            if (number == 0 && line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            {
                line = line[3..];
            }

            if (reader.IsTooLong)
            {
                Report(number, $"longer than {MaximumLineLength >> 20} MiB");
            }
            else if (line.ContainsAnyExcept(" \t\r"u8) && !take(line, number))
            {
                Report(number, "not one JSON object");
            }
        }

        if (BadLines > MaximumReports)
        {
            StandardError.Write($"wiredns: {name}: {BadLines - MaximumReports} more lines are no events");
        }
    }

    private static bool Match(EventMatcher matcher, ReadOnlySpan<byte> line, long number, HitHandler onHit)
    {
        if (!matcher.TryMatch(line, number, out var matches))
        {
            return false;
        }

        foreach (var rule in matches)
        {
            onHit(rule, number);
        }

        return true;
    }

    private void Report(long number, string problem)
    {
        BadLines++;
        if (BadLines <= MaximumReports)
        {
            StandardError.Write($"wiredns: {name}:{number + 1}: {problem}");
        }
    }
}
