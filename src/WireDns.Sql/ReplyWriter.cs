using System.Buffers;
using System.Text.Json;

namespace WireDns.Sql;

/// <summary>Whose a fault is.</summary>
internal enum FaultKind
{
    /// <summary>The query's: it is no query, or asks for what is not there.</summary>
    Query,

    /// <summary>The log's, or that of the values in it: a file is damaged, a text is no number.</summary>
    Data,

    /// <summary>The query needs more memory than it may take.</summary>
    Memory,

    /// <summary>The two programs do not fit together.</summary>
    Program,
}

/// <summary>What is wrong with a query.</summary>
/// <param name="Words">In words.</param>
/// <param name="Line">The line of the query, from 1; 0 if it is not known.</param>
/// <param name="Excerpt">The text around the place; empty if it is not known.</param>
/// <param name="Caret">Where in the excerpt, from 0.</param>
internal sealed record QueryFault(string Words, int Line = 0, string Excerpt = "", int Caret = 0);

/// <summary>
/// Writes replies, a line each: <c>{"columns":[[NAME,KIND],…]}</c>, where a kind is text, number, boolean or json; then <c>[TEXT|null,…]</c> for each row, whatever the kinds; and
/// <c>{"end":true}</c>. Or at any time <c>{"fault":KIND,"words":TEXT,…}</c>, which is the last one.
/// </summary>
internal sealed class ReplyWriter(Stream output) : IDisposable
{
    private const int FlushThreshold = 1 << 16;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushThreshold * 2);
    private Utf8JsonWriter? _json;

    /// <summary>Writes a line.</summary>
    /// <exception cref="IOException">Nobody reads.</exception>
    public void Write(Action<Utf8JsonWriter> write)
    {
        _json ??= new Utf8JsonWriter(_buffer);
        _json.Reset(_buffer);
        write(_json);
        _json.Flush();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushThreshold)
        {
            Flush();
        }
    }

    /// <summary>Writes the last line: what is wrong.</summary>
    public void Fault(FaultKind kind, QueryFault fault) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("fault", kind.ToString());
        json.WriteString("words", fault.Words);
        json.WriteNumber("line", fault.Line);
        json.WriteString("excerpt", fault.Excerpt);
        json.WriteNumber("caret", fault.Caret);
        json.WriteEndObject();
    });

    /// <summary>Hands on what waits.</summary>
    public void Flush()
    {
        output.Write(_buffer.WrittenSpan);
        output.Flush();
        _buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // Nobody reads.
        }

        _json?.Dispose();
    }
}
