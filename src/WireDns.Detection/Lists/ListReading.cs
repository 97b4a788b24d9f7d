using System.Globalization;
using System.Text;
using WireDns.Alerts.Formats;

namespace WireDns.Detection.Lists;

/// <summary>The result of reading a file of values: the values, what is wrong with the file, and what a person should know about it.</summary>
public sealed class ListReading : IListValues
{
    private const int MaximumFaults = 20;
    private const int MaximumShownLength = 80;

    private readonly string _file;
    private readonly List<string> _faults = [];
    private readonly List<string> _notes = [];

    /// <param name="file">The file's name in faults and notes.</param>
    internal ListReading(string file) => _file = file;

    /// <summary>The values, which may be enumerated as often as rules are compiled.</summary>
    public IReadOnlyCollection<string> Values => List;

    /// <summary>Length of all values together, in bytes of UTF-8.</summary>
    public int LengthInBytes => List.Length;

    /// <summary>The values so far.</summary>
    internal ValueList List { get; } = new();

    /// <summary>A line for each fault, with the file's name and the line's number: the first twenty.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A line for each thing that was left out, or looks odd.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <inheritdoc/>
    bool IListValues.IsHopeless => IsHopeless;

    /// <inheritdoc cref="IListValues.IsHopeless"/>
    internal bool IsHopeless => _faults.Count >= MaximumFaults;

    /// <summary>Adds a value.</summary>
    internal void Add(int line, ReadOnlySpan<byte> value)
    {
        if (!List.TryAdd(value))
        {
            Fault(line, $"expected a text in UTF-8 without a line end, found '{Show(value)}'");
        }
    }

    void IListValues.Add(int line, int column, ReadOnlySpan<byte> value) => Add(line, value);

    void IListValues.Fault(int line, string message) => Fault(line, message);

    void IListValues.Note(long count, string what) => Note(count, what);

    /// <summary>Says what is wrong with a line.</summary>
    internal void Fault(int line, string message)
    {
        if (!IsHopeless)
        {
            // A file without a line is at fault where its first should be.
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_file}:{Math.Max(1, line)}: {message}"));
        }
    }

    /// <summary>Notes what was done with some of the lines; nothing if there are none.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">The rest of the sentence.</param>
    internal void Note(long count, string what)
    {
        if (count > 0)
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_file}: {count:N0} {what}"));
        }
    }

    /// <summary>Bytes of a file as a person can read them, at most 80 characters.</summary>
    internal static string Show(ReadOnlySpan<byte> text) =>
        SafeText.Escape(Encoding.UTF8.GetString(text.Length <= MaximumShownLength ? text : text[..MaximumShownLength]));
}
