using System.Globalization;
using System.Text;

namespace WireDns.TestTraffic;

/// <summary>
/// A line of the text format, read as docs/formats/text.abnf says and by nothing else: it knows the grammar, not the product's code. Texts are as they were before they
/// were escaped.
/// </summary>
internal sealed record TextLine
{
    public required string Time { get; init; }

    /// <summary>The level, or ANOMALY.</summary>
    public required string Level { get; init; }

    public required string Title { get; init; }

    public required string Client { get; init; }

    public required string Server { get; init; }

    public required string Transport { get; init; }

    public required string Message { get; init; }

    public required string Type { get; init; }

    public required string Name { get; init; }

    /// <summary>The field and its modifiers, with "not " before it; null for none.</summary>
    public string? Field { get; init; }

    public string? Pattern { get; init; }

    public string? Value { get; init; }

    public int Others { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    public required string Place { get; init; }

    public required long Packet { get; init; }

    /// <summary>Reads an alert or anomaly.</summary>
    public static TextLine Read(string line)
    {
        var reader = new Reader(line);
        var time = reader.Word();
        var level = reader.Word();
        reader.Spaces();
        var (title, _) = reader.Quoted();
        reader.Take(" ");
        var client = reader.Word();
        reader.Take("-> ");
        var (server, transport, message, type, name) = (reader.Word(), reader.Word(), reader.Word(), reader.Word(), reader.Word());
        string? field = null;
        string? pattern = null;
        string? value = null;
        if (reader.TryTake("- "))
        {
            field = null;
        }
        else
        {
            field = reader.TryTake("not ") ? "not " + reader.UpTo(":\"") : reader.UpTo(":\"");
            reader.Take(":");
            (pattern, _) = reader.Quoted();
            if (reader.TryTake("=absent"))
            {
                value = null;
            }
            else if (reader.TryTake("="))
            {
                reader.TryTake("...");
                (value, _) = reader.Quoted();
            }

            reader.Take(" ");
        }

        var others = reader.TryTake("+") ? int.Parse(reader.Word(), CultureInfo.InvariantCulture) : 0;
        string[] notes = reader.TryTake("[") ? reader.UpTo("] ").Split(',') : [];
        if (notes.Length > 0)
        {
            reader.Take("] ");
        }

        var place = reader.Rest();
        var mark = place.LastIndexOf('#');
        return new TextLine
        {
            Time = time,
            Level = level,
            Title = title,
            Client = client,
            Server = server,
            Transport = transport,
            Message = message,
            Type = type,
            Name = name,
            Field = field,
            Pattern = pattern,
            Value = value,
            Others = others,
            Notes = notes,
            Place = Unescape(place[..mark]),
            Packet = long.Parse(place[(mark + 1)..], CultureInfo.InvariantCulture),
        };
    }

    private static string Unescape(string text)
    {
        var reader = new Reader(text);
        return reader.Plain();
    }

    private sealed class Reader(string line)
    {
        private int _position;

        public string Word()
        {
            var end = line.IndexOf(' ', _position);
            var word = line[_position..end];
            Check(word.Length > 0, "a word");
            _position = end + 1;
            return word;
        }

        public void Spaces()
        {
            while (line[_position] == ' ')
            {
                _position++;
            }
        }

        public void Take(string text) => Check(TryTake(text), $"'{text}'");

        public bool TryTake(string text)
        {
            if (string.CompareOrdinal(line, _position, text, 0, text.Length) != 0)
            {
                return false;
            }

            _position += text.Length;
            return true;
        }

        public string UpTo(string text)
        {
            var end = line.IndexOf(text, _position, StringComparison.Ordinal);
            Check(end >= 0, $"'{text}'");
            var before = line[_position..end];
            _position = end;
            return before;
        }

        public (string Text, bool IsCut) Quoted()
        {
            Take("\"");
            var text = new StringBuilder();
            while (!TryTake("\""))
            {
                if (TryTake("\\\\"))
                {
                    text.Append('\\');
                }
                else if (TryTake("\\\""))
                {
                    text.Append('"');
                }
                else if (TryTake("\\u{"))
                {
                    text.Append(Escape());
                }
                else
                {
                    Check(line[_position] != '\\', "an escape");
                    text.Append(line[_position++]);
                }
            }

            return (text.ToString(), TryTake("..."));
        }

        public string Plain()
        {
            var text = new StringBuilder();
            while (_position < line.Length)
            {
                text.Append(TryTake("\\u{") ? Escape() : line[_position++].ToString());
            }

            return text.ToString();
        }

        public string Rest() => line[_position..];

        private string Escape()
        {
            var code = int.Parse(UpTo("}"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Take("}");
            return code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code);
        }

        private void Check(bool holds, string expected)
        {
            if (!holds)
            {
                throw new FormatException($"{expected} was expected at {_position} of: {line}");
            }
        }
    }
}
