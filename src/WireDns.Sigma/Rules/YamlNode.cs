namespace WireDns.Sigma.Rules;

/// <summary>A node of a YAML document with its place. An alias is the node that it names, shared and never copied.</summary>
public abstract class YamlNode
{
    private protected YamlNode(SourcePosition position)
    {
        Position = position;
    }

    /// <summary>Where it begins in the file.</summary>
    public SourcePosition Position { get; }

    /// <summary>How a message names it to its author: a list, a map, null, or the text in quotes, cut to 60 characters.</summary>
    public abstract string Description { get; }

    /// <summary>This node and those below it, aliases counted as if they were written out; saturates at the largest 32-bit integer.</summary>
    internal long Size { get; private protected set; } = 1;
}

/// <summary>A YAML scalar.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(SourcePosition position, string text, bool isPlain)
        : base(position)
    {
        Text = text;
        IsPlain = isPlain;
    }

    /// <summary>The text without quotes and with its escapes replaced.</summary>
    public string Text { get; }

    /// <summary>Whether it is written without quotes, so that its text determines its type.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether it is YAML's null: nothing, ~ or null, without quotes.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <inheritdoc/>
    public override string Description => IsNull ? "null" : $"'{Shorten(Text)}'";

    internal static string Shorten(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
}

/// <summary>A YAML sequence.</summary>
public sealed class YamlList : YamlNode
{
    private readonly List<YamlNode> _items = [];

    internal YamlList(SourcePosition position)
        : base(position)
    {
    }

    /// <summary>The items in order.</summary>
    public IReadOnlyList<YamlNode> Items => _items;

    /// <inheritdoc/>
    public override string Description => "a list";

    internal void Add(YamlNode item)
    {
        Size = Math.Min(Size + item.Size, int.MaxValue);
        _items.Add(item);
    }
}

/// <summary>A YAML mapping with scalar keys. Its keys are unique: a second one is reported and left out.</summary>
public sealed class YamlMap : YamlNode
{
    private readonly List<KeyValuePair<YamlScalar, YamlNode>> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    internal YamlMap(SourcePosition position)
        : base(position)
    {
    }

    /// <summary>The keys and values in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => _entries;

    /// <inheritdoc/>
    public override string Description => "a map";

    /// <summary>The value of a key; null if there is none.</summary>
    public YamlNode? Find(string key) => _index.TryGetValue(key, out var i) ? _entries[i].Value : null;

    /// <summary>A suggestion for the author if a key is missing and another has nearly that name, or differs in case; otherwise null.</summary>
    internal string? SuggestKey(string key)
    {
        foreach (var (other, _) in _entries)
        {
            if (other.Text.Length > 0 && Spelling.Suggest(other.Text, [key]) is not null)
            {
                return $"write '{key}' for '{YamlScalar.Shorten(other.Text)}'";
            }
        }

        return null;
    }

    internal YamlScalar? FindKey(string key) => _index.TryGetValue(key, out var i) ? _entries[i].Key : null;

    internal bool TryAdd(YamlScalar key, YamlNode value)
    {
        Size = Math.Min(Size + value.Size + 1, int.MaxValue);
        if (!_index.TryAdd(key.Text, _entries.Count))
        {
            return false;
        }

        _entries.Add(new(key, value));
        return true;
    }
}

/// <summary>One document of a file. <see cref="IsSound"/>: nothing in it was lost, such as the second of two equal keys.</summary>
internal readonly record struct YamlDocument(YamlNode Root, bool IsSound);
