namespace WireDns.RuleTools.Conversion;

/// <summary>What a conversion left out or changed, grouped so that a list of a thousand values is one line.</summary>
internal sealed class ConversionLog
{
    private const int MaximumExamples = 3;

    private readonly List<(string What, List<string> Examples, int Count)> _losses = [];

    /// <summary>The notes, one line each.</summary>
    public IEnumerable<string> Lines => _losses.Select(loss => loss.Count == 0
        ? loss.What
        : $"{loss.What}: {string.Join(", ", loss.Examples.Select(example => $"'{example}'"))}"
            + (loss.Count > loss.Examples.Count ? $" and {loss.Count - loss.Examples.Count} more" : ""));

    /// <summary>Notes something.</summary>
    /// <param name="what">What was left out or changed, and why.</param>
    /// <param name="example">The value, if it is about one.</param>
    public void Add(string what, string? example = null)
    {
        var index = _losses.FindIndex(loss => loss.What == what);
        if (index < 0)
        {
            index = _losses.Count;
            _losses.Add((what, [], 0));
        }

        if (example is not null)
        {
            var (_, examples, count) = _losses[index];
            if (examples.Count < MaximumExamples)
            {
                examples.Add(example);
            }

            _losses[index] = (what, examples, count + 1);
        }
    }
}
