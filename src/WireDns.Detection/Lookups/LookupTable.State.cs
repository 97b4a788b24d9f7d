using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <content>The lookups that are remembered, in a form that a later process can read.</content>
internal sealed partial class LookupTable
{
    // More rules than a lookup is a hit of.
    private const int MaximumFired = 1 << 20;

    /// <summary>The place of the next lookup.</summary>
    public long Next => _next;

    /// <summary>Writes lookups, oldest first, until there are no more or the writer is long enough.</summary>
    /// <param name="writer">Takes them: how many there are comes last.</param>
    /// <param name="from">The place of the first; then of the one to go on with.</param>
    /// <param name="length">No further lookup begins past this position.</param>
    /// <param name="waiting">Has the queries that wait.</param>
    /// <returns>How many were written.</returns>
    public int Write(BinaryWriter writer, ref long from, long length, WaitingQueries waiting)
    {
        var count = 0;
        for (from = Math.Max(from, _first); from < _next && writer.BaseStream.Position < length; from++, count++)
        {
            ref var entry = ref this[from];
            writer.Write(entry.Key.Flow);
            writer.Write(entry.Key.Question);
            writer.Write(entry.Start);
            writer.Write(entry.QueryTime);
            writer.Write(entry.QueryPacketNumber);
            writer.Write(entry.QueryFlags);
            writer.Write(entry.IsAnswered);
            writer.Write(entry.Network);
            writer.Write((ReadOnlySpan<Tunnel>)entry.OtherNetworks);
            writer.Write(entry.Fired.Rules.Length);
            for (var i = 0; i < entry.Fired.Rules.Length; i++)
            {
                writer.Write(entry.Fired.Rules[i]);
                writer.Write(entry.Fired.WasShed(i));
            }

            writer.Write(entry.WaitingQuery > 0);
            if (entry.WaitingQuery > 0)
            {
                waiting.Write(writer, entry.WaitingQuery);
            }
        }

        return count;
    }

    /// <summary>Places go on from one: that of no lookup so far.</summary>
    public void Resume(long next) => _first = _next = next;

    /// <summary>Takes lookups that <see cref="Write"/> wrote, after those that were taken before.</summary>
    /// <param name="reader">Has them.</param>
    /// <param name="from">The place of the first.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="ruleOf">The number of a rule today, by its number then; less than 0 if it does not run.</param>
    /// <param name="readQuery">Reads a query that waits, and returns its place.</param>
    /// <returns>How many were taken; for the others there is no room.</returns>
    /// <exception cref="FormatException">They are something else.</exception>
    public int Read(BinaryReader reader, long from, int count, Func<int, int> ruleOf, Func<BinaryReader, int> readQuery)
    {
        if (Count == 0)
        {
            Resume(from);
        }
        else if (from != _next)
        {
            // Those between were over when the next were written.
            throw new FormatException("lookups out of order");
        }

        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var key = new LookupKey(reader.ReadUInt64(), reader.ReadUInt64());
            var entry = new Entry
            {
                Key = key,
                Start = reader.ReadTime(),
                QueryTime = reader.ReadTime(),
                QueryPacketNumber = reader.ReadInt64(),
                QueryFlags = reader.ReadUInt16(),
                IsAnswered = reader.ReadBoolean(),
                Network = reader.ReadTunnel(),
                OtherNetworks = reader.ReadTunnels(),
            };
            var fired = reader.ReadInt32();
            for (var rule = fired is < 0 or > MaximumFired ? throw new FormatException("a number of rules out of range") : 0; rule < fired; rule++)
            {
                var (number, wasShed) = (ruleOf(reader.ReadInt32()), reader.ReadBoolean());
                if (number >= 0 && entry.Fired.TryAdd(number) && wasShed)
                {
                    entry.Fired.NoteShed();
                }
            }

            entry.WaitingQuery = reader.ReadBoolean() ? readQuery(reader) : 0;
            if (Count < _capacity)
            {
                this[Add(key, entry.Start, FindSlot(key))] = entry;
                taken++;
            }
        }

        return taken;
    }
}
