using System.Globalization;
using System.Text;
using WireDns.Alerts.Formats;
using WireDns.Detection.Lists;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Intel;

/// <summary>Takes what the readers of the formats find, into a list of indicators, and says the places of the first faults of each kind.</summary>
internal sealed class IntelReading(IntelList list, PublicSuffixList suffixes) : IListValues
{
    private const int MaximumShown = 3;
    private const int MaximumShownLength = 80;

    private readonly IndicatorName _name = new(suffixes);

    /// <summary>The list.</summary>
    public IntelList List => list;

    /// <summary>Never: what is sound in a long list is used, whatever the rest of it is.</summary>
    public bool IsHopeless => false;

    /// <inheritdoc/>
    public void Add(int line, int column, ReadOnlySpan<byte> value) => Add(line, column, value, null);

    /// <summary>Adds an indicator.</summary>
    public void Add(int line, int column, ReadOnlySpan<byte> value, IndicatorDetail? detail)
    {
        var refusal = _name.Read(value, out var name);
        if (refusal == IntelRefusal.None)
        {
            list.Add(name, line, detail);
        }
        else
        {
            Refuse(refusal, line, column, value);
        }
    }

    /// <summary>Counts an entry that cannot be used.</summary>
    public void Refuse(IntelRefusal refusal, int line, int column, ReadOnlySpan<byte> value)
    {
        list.Refuse(refusal);
        if (refusal.IsFault() && list.Refused[refusal] <= MaximumShown)
        {
            Say(line, column, refusal switch
            {
                IntelRefusal.PublicSuffix => $"'{Cut(value)}' is a public suffix: everybody's names are below it",
                _ => $"expected a domain name, found '{Cut(value)}'",
            });
        }
    }

    /// <inheritdoc/>
    public void Fault(int line, string message)
    {
        list.Refuse(IntelRefusal.BadEntry);
        if (list.Refused[IntelRefusal.BadEntry] <= MaximumShown)
        {
            Say(line, 1, message);
        }
    }

    /// <inheritdoc/>
    public void Note(long count, string what)
    {
        if (count > 0)
        {
            list.Say(string.Create(CultureInfo.InvariantCulture, $"{list.File}: {count:N0} {what}"));
        }
    }

    private static string Cut(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.Length <= MaximumShownLength ? text : text[..MaximumShownLength]);

    // Messages have texts of the file in them.
    private void Say(int line, int column, string message) =>
        list.Say(string.Create(CultureInfo.InvariantCulture, $"{list.File}:{Math.Max(1, line)}:{Math.Max(1, column)}: {SafeText.Escape(message)}"));
}
