using Microsoft.Extensions.Logging;

namespace WireDns.Terminal;

/// <summary>Lines for the user on stderr. Thread-safe; lines never mix, and hold only printable characters.</summary>
internal static class StandardError
{
    private static readonly Lock Gate = new();

    private static LineForm _form = LineForm.Plain;

    // Whether the line that is shown now is to be written over.
    private static bool _hasStatus;

    private static Action<string>? _taker;

    /// <summary>Writes all that follows in another form: all of a sensor's lines or none. Default: <see cref="LineForm.Plain"/>.</summary>
    public static void Use(LineForm form)
    {
        lock (Gate)
        {
            _form = form;
        }
    }

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

    /// <summary>
    /// Hands each line to what fills the terminal, until <see cref="Return"/>. Where standard error is a terminal, the lines are not written meanwhile; where it is a
    /// file, they are.
    /// </summary>
    /// <param name="taker">Takes a line; it must not write one, and not wait.</param>
    public static void Lend(Action<string> taker)
    {
        lock (Gate)
        {
            _taker = taker;
        }
    }

    /// <summary>Takes the terminal back, and writes what has not been written there.</summary>
    /// <param name="held">Gives the lines that were handed to the taker.</param>
    public static void Return(Func<IReadOnlyList<string>> held)
    {
        lock (Gate)
        {
            _taker = null;
            foreach (var line in Console.IsErrorRedirected ? [] : held())
            {
                Put(line);
            }
        }
    }

    private static void Put(string line)
    {
        Clear();
        _taker?.Invoke(line);
        if (_taker is null || Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(line);
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
    public static void Write(string line, LogLevel level = LogLevel.Information) => Write(level, LineForm.Note, [], line);

    /// <summary>Writes one line, if the form shows its level.</summary>
    /// <param name="level">How important it is.</param>
    /// <param name="name">The event that it tells of: a constant of this program.</param>
    /// <param name="fields">What is known about it.</param>
    /// <param name="line">What a person reads.</param>
    public static void Write(LogLevel level, string name, IReadOnlyList<KeyValuePair<string, object?>> fields, string line)
    {
        lock (Gate)
        {
            if (_form.Shows(level))
            {
                Put(_form.Of(level, name, fields, line));
            }
        }
    }

    /// <summary>Writes several lines that belong together, whatever their level: a user has asked for them. In JSON they are one object.</summary>
    public static void WriteTable(string lines)
    {
        lock (Gate)
        {
            foreach (var line in _form.IsJson ? [lines] : lines.TrimEnd('\n').Split('\n'))
            {
                Put(_form.Of(LogLevel.Information, "summary", [], line));
            }
        }
    }
}
