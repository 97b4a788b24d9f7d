namespace WireDns.Terminal;

/// <summary>Lines for the user on stderr. Thread-safe; lines never mix, and hold only printable characters.</summary>
internal static class StandardError
{
    private static readonly Lock Gate = new();

    // Whether the line that is shown now is to be written over.
    private static bool _hasStatus;

    /// <summary>Shows a line until the next one is written, on a terminal. A line that another program writes there begins over it.</summary>
    /// <param name="line">The line; null to take it away.</param>
    public static void Show(string? line)
    {
        lock (Gate)
        {
            Clear();
            if (line is not null)
            {
                Console.Error.Write(Printable.Text(line) + "\r");
                _hasStatus = true;
            }
        }
    }

    private static void Clear()
    {
        if (_hasStatus)
        {
            Console.Error.Write("\r\e[K");
            _hasStatus = false;
        }
    }

    /// <summary>Writes one line.</summary>
    public static void Write(string line)
    {
        lock (Gate)
        {
            Clear();
            Console.Error.WriteLine(Printable.Text(line));
        }
    }

    /// <summary>Writes several lines that belong together.</summary>
    public static void WriteTable(string lines)
    {
        lock (Gate)
        {
            Clear();
            foreach (var line in lines.TrimEnd('\n').Split('\n'))
            {
                Console.Error.WriteLine(Printable.Text(line));
            }
        }
    }
}
