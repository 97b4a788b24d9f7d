using System.Text.Json;

namespace WireDns.Detection.Intel;

/// <summary>
/// The tokens of a JSON file of any length, in a buffer that holds no more than a token of at most a megabyte. Depth is bounded, and several values may
/// follow each other (one a line).
/// </summary>
internal sealed class JsonTokens(Stream stream)
{
    /// <summary>How deep objects and arrays may be inside one another.</summary>
    public const int MaximumDepth = 64;

    /// <summary>The longest text or number, in bytes.</summary>
    public const int MaximumToken = 1 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaximumDepth, AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Disallow });
    private int _start;
    private int _end;
    private int _counted;
    private int _depth;
    private bool _isAtEnd;

    /// <summary>The line of the last token, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The octet of the line at which the last token begins, from 1.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>What is wrong with the file at <see cref="Line"/> and <see cref="Column"/>; null if nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads the next token; the reader stands on it, and is valid until the next call. False at the end and at a fault.</summary>
    public bool TryRead(out Utf8JsonReader reader)
    {
        while (true)
        {
            reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isAtEnd, _state);
            try
            {
                if (reader.Read())
                {
                    _depth = reader.CurrentDepth;
                    Advance(_start + (int)reader.TokenStartIndex);
                    _state = reader.CurrentState;
                    _start += (int)reader.BytesConsumed;
                    return true;
                }
            }
            catch (JsonException)
            {
                // What a reader finds wrong, it says only so. It has read up to the place.
                Advance(_start + (int)reader.BytesConsumed);
                Fault = _depth >= MaximumDepth - 1 && reader.CurrentDepth >= MaximumDepth - 1
                    ? $"objects and arrays are more than {MaximumDepth} deep"
                    : _isAtEnd && IsUnfinished() ? "expected more JSON, found the end of the file" : "this is no JSON";
                return false;
            }

            if (_isAtEnd)
            {
                return false;
            }

            _state = reader.CurrentState;
            _start += (int)reader.BytesConsumed;
            if (_end - _start > MaximumToken)
            {
                Advance(_start);
                Fault = $"a text is longer than {MaximumToken >> 20} MiB";
                return false;
            }

            Fill();
        }
    }

    // Whether the rest would be sound if more came after it.
    private bool IsUnfinished()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), isFinalBlock: false, _state);
        try
        {
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Line and column of a place, counted on from the last one.
    private void Advance(int place)
    {
        place = Math.Min(place, _end);
        var passed = _buffer.AsSpan(_counted, Math.Max(0, place - _counted));
        var last = passed.LastIndexOf((byte)'\n');
        Line += last < 0 ? 0 : passed.Count((byte)'\n');
        Column = last < 0 ? Column + passed.Length : passed.Length - last;
        _counted = Math.Max(_counted, place);
    }

    private void Fill()
    {
        Advance(_start);
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _counted -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isAtEnd = read == 0;
    }
}
