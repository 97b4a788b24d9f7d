using System.Text;

namespace WireDns.Terminal;

/// <summary>Text in lines of limited width.</summary>
internal static class WrappedText
{
    /// <summary>Breaks text between its words. A word that is longer than a line gets a line of its own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The longest line, in characters.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
