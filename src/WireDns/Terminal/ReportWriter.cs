using System.Buffers;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Terminal;

/// <summary>
/// The only way from the report to the terminal: it makes every text printable, and only it makes lines and colours. Not thread-safe.
/// </summary>
internal sealed class ReportWriter(StreamTransport output, bool isColoured)
{
    private const int FlushThreshold = 64 * 1024;
    private const int LabelIndent = 2;
    private const int LabelWidth = 12;

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private int _waiting;

    /// <summary>Why lines could not be written; none while all could.</summary>
    public SendFailure Failure { get; private set; }

    /// <summary>Whether there is still a reader.</summary>
    public bool IsOpen => Failure == SendFailure.None;

    /// <summary>Writes one line of parts that stand directly after each other.</summary>
    public void Line(params ReadOnlySpan<Part> parts)
    {
        foreach (var part in parts)
        {
            var sequence = isColoured && part.Text.Length > 0 ? StyleSequence.Of(part.Style) : default;
            _line.Write(sequence);
            SafeText.Write(_line, part.Text, SafeTextMode.Line);
            _line.Write(sequence.IsEmpty ? default : "\x1b[0m"u8);
        }

        Note(output.Write(_line.WrittenSpan.TrimEnd((byte)' ')));
        _waiting += _line.WrittenCount;
        _line.ResetWrittenCount();
        if (_waiting >= FlushThreshold)
        {
            Flush();
        }
    }

    /// <summary>Begins a part of the report: an empty line and a title.</summary>
    public void Title(string title)
    {
        Line();
        Line(new Part(title, Style.Title));
    }

    /// <summary>Writes a line with a label in a column of its own.</summary>
    public void Label(string label, params ReadOnlySpan<Part> value) =>
        Line([new Part(new string(' ', LabelIndent) + label.PadRight(LabelWidth), Style.Faint), .. value]);

    /// <summary>Writes what is still waiting.</summary>
    public void Flush()
    {
        Note(output.Flush());
        _waiting = 0;
    }

    private void Note(SendFailure failure)
    {
        if (Failure == SendFailure.None)
        {
            Failure = failure;
        }
    }
}
