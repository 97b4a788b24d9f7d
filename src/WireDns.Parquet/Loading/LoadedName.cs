using System.Globalization;

namespace WireDns.Parquet.Loading;

/// <summary>
/// The name of a file that was made of records of a topic: when its first row was, the topic, the partition, the offsets of the first and the last record of its batch, and its
/// number in the batch. A file that is being written does not have the last offset.
/// </summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">The offset of the first record of the batch.</param>
/// <param name="Last">That of the last one; null while the batch goes on.</param>
/// <param name="Moment">The time of the first row, as 20261124T144734Z.</param>
/// <param name="Number">Which file of the batch it is, from 1.</param>
internal sealed record LoadedName(string Topic, int Partition, long First, long? Last, string Moment, int Number)
{
    private const string Ending = ".parquet";

    /// <summary>The longest topic: file systems take names of 255 octets.</summary>
    public const int LongestTopic = 150;

    /// <summary>The name.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Moment}-{Topic}-{Partition:D5}-{First:D19}-{(Last is { } last ? string.Create(CultureInfo.InvariantCulture, $"{last:D19}-{Number:D4}{Ending}") : string.Create(CultureInfo.InvariantCulture, $"{Number:D4}"))}");

    /// <summary>Reads a name; null if it is none of the topic.</summary>
    /// <param name="name">The name of a file that is whole.</param>
    /// <param name="topic">The topic.</param>
    public static LoadedName? Parse(string name, string topic) => name.EndsWith(Ending, StringComparison.Ordinal) ? Parse(name[..^Ending.Length], topic, hasLast: true) : null;

    /// <summary>Reads the hidden name of a file that was being written; null if it is none of the topic.</summary>
    /// <param name="name">The name.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="ending">The end of hidden names.</param>
    public static LoadedName? ParseHidden(string name, string topic, string ending) =>
        name.StartsWith('.') && name.EndsWith(ending, StringComparison.Ordinal) ? Parse(name[1..^ending.Length], topic, hasLast: false) : null;

    private static LoadedName? Parse(string name, string topic, bool hasLast)
    {
        var start = name.IndexOf('-', StringComparison.Ordinal);
        if (start < 0 || !name.AsSpan(start + 1).StartsWith($"{topic}-", StringComparison.Ordinal))
        {
            return null;
        }

        var numbers = name[(start + 2 + topic.Length)..].Split('-');
        var read = new long[numbers.Length];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (!long.TryParse(numbers[index], NumberStyles.None, CultureInfo.InvariantCulture, out read[index]))
            {
                return null;
            }
        }

        return read.Length != (hasLast ? 4 : 3) || read[0] > int.MaxValue || read[^1] > int.MaxValue ? null
            : new LoadedName(topic, (int)read[0], read[1], hasLast ? read[2] : null, name[..start], (int)read[^1]);
    }
}
