namespace WireDns.Terminal;

/// <summary>Lines for the user on stderr. Thread-safe; lines never mix, and hold only printable characters.</summary>
internal static class StandardError
{
    private static readonly Lock Gate = new();

    /// <summary>Writes one line.</summary>
    public static void Write(string line)
    {
        lock (Gate)
        {
            Console.Error.WriteLine(Printable.Text(line));
        }
    }

    /// <summary>Writes several lines that belong together.</summary>
    public static void WriteTable(string lines)
    {
        lock (Gate)
        {
            foreach (var line in lines.TrimEnd('\n').Split('\n'))
            {
                Console.Error.WriteLine(Printable.Text(line));
            }
        }
    }
}
