namespace WireDns.Sigma.Rules;

/// <summary>
/// The values that <c>%name%</c> stands for under the modifier <c>expand</c>. A list is never copied, but enumerated each time that rules
/// are parsed or compiled, so that a file of a million lines can be a lazy sequence.
/// </summary>
public sealed class SigmaPlaceholders
{
    private readonly Dictionary<string, IEnumerable<string>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Count, long Length)> _sizes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The known names.</summary>
    public IReadOnlyCollection<string> Names => _lists.Keys;

    /// <summary>Defines the values of a name; they are Sigma strings, so * and ? in them are wildcards.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="values">The values; every enumeration must yield the same ones.</param>
    /// <exception cref="ArgumentException">The name is not a word, or it is already known.</exception>
    public void Add(string name, IEnumerable<string> values) => Add(name, values, null);

    /// <summary>
    /// Defines a name by a list that is known to be non-empty and to hold no empty value, so that it need not be enumerated to check.
    /// </summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="values">The values; every enumeration must yield the same ones.</param>
    /// <param name="count">How many there are; at least one.</param>
    /// <param name="length">About how many characters they have together.</param>
    /// <exception cref="ArgumentException">The name is not a word, or it is already known.</exception>
    public void Add(string name, IEnumerable<string> values, long count, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Add(name, values, (count, length));
    }

    /// <summary>
    /// Defines a name by a list of domain names: a value that is the placeholder alone (<c>QueryName|expand: '%name%'</c>) matches each of them and all names
    /// below it, by whole labels. With more around it, or under another modifier, the names are texts like any other.
    /// </summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="domains">Domain names in xn-- form, in lower case and without a dot at the end; every enumeration must yield the same ones.</param>
    /// <param name="count">How many there are; at least one.</param>
    /// <param name="length">About how many characters they have together.</param>
    /// <exception cref="ArgumentException">The name is not a word, or it is already known.</exception>
    public void AddNames(string name, IEnumerable<string> domains, long count, long length)
    {
        Add(name, domains, count, length);
        _names.Add(name);
    }

    private void Add(string name, IEnumerable<string> values, (long Count, long Length)? size)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentException.ThrowIfNullOrEmpty(name);
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c != '_')
            {
                throw new ArgumentException($"a placeholder's name has letters, digits and underscores only, not '{c}'", nameof(name));
            }
        }

        if (!_lists.TryAdd(name, values))
        {
            throw new ArgumentException($"the placeholder {name} already has values", nameof(name));
        }

        if (size is { } known)
        {
            _sizes.Add(name, known);
        }
    }

    /// <summary>How many values a name has; null if that is not known.</summary>
    public long? CountOf(string name) => TryGetSize(name, out var size) ? size.Count : null;

    /// <summary>How many values a list has and how long they are together, if that is known.</summary>
    internal bool TryGetSize(string name, out (long Count, long Length) size) => _sizes.TryGetValue(name, out size);

    /// <summary>Whether the values of a name are domain names that stand for all names below them too.</summary>
    internal bool AreNames(string name) => _names.Contains(name);

    internal bool TryGet(string name, out IEnumerable<string> values) => _lists.TryGetValue(name, out values!);
}
