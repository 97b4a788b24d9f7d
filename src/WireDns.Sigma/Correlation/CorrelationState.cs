namespace WireDns.Sigma.Correlation;

/// <summary>
/// Writes what an engine has counted, so that the engine of a later process goes on with it. In parts: between two of them events may be observed, and each
/// group is as it was when its part was written. Call it from the engine's thread. A group that moves meanwhile may be missing.
/// </summary>
public sealed class CorrelationSaving
{
    private readonly CorrelationEngine _engine;
    private readonly Action<BinaryWriter, object?> _writeState;
    private int _table = -1;
    private int _place;

    internal CorrelationSaving(CorrelationEngine engine, Action<BinaryWriter, object?> writeState)
    {
        _engine = engine;
        _writeState = writeState;
    }

    /// <summary>How many groups were written.</summary>
    public long Groups { get; private set; }

    /// <summary>How many groups are there that were not written.</summary>
    public long Left => Math.Max(0, _engine.GroupCount - Groups);

    /// <summary>Writes the next part.</summary>
    /// <param name="writer">Takes it; its stream can be positioned.</param>
    /// <param name="length">In octets: the part is about as long, or the window of one group longer.</param>
    /// <returns>False if all is written; nothing was written then.</returns>
    public bool WriteNext(BinaryWriter writer, int length)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _engine.Settle();
        if (_table < 0)
        {
            // First the secret that the keys of groups are made with.
            _table = 0;
            writer.Write(_engine.Seed);
            return true;
        }

        if (_table == _engine.Tables.Length)
        {
            return false;
        }

        var table = _engine.Tables[_table];
        writer.Write(_table);
        writer.Write(_engine.Correlations[_table].Digest);
        writer.Write(table.Now);
        var placeOfCount = writer.BaseStream.Position;
        writer.Write(0);
        _place = table.Write(writer, _place, placeOfCount + length, _writeState, out var count);
        var end = writer.BaseStream.Position;
        writer.BaseStream.Position = placeOfCount;
        writer.Write(count);
        writer.BaseStream.Position = end;
        Groups += count;
        if (_place < 0)
        {
            _place = 0;
            _table++;
        }

        return true;
    }
}

/// <summary>Reads what <see cref="CorrelationSaving"/> wrote into an engine that has observed nothing yet.</summary>
public sealed class CorrelationRestoring
{
    private readonly CorrelationEngine _engine;
    private readonly Func<long, long> _tagOf;
    private readonly Func<BinaryReader, int, object?> _readState;
    private readonly Dictionary<UInt128, Queue<int>> _free = [];
    private readonly Dictionary<int, (int Table, long Now)> _tables = [];
    private bool _hasSeed;

    internal CorrelationRestoring(CorrelationEngine engine, Func<long, long> tagOf, Func<BinaryReader, int, object?> readState)
    {
        _engine = engine;
        _tagOf = tagOf;
        _readState = readState;
        for (var i = 0; i < engine.Correlations.Count; i++)
        {
            // Several correlations may say the same.
            if (!_free.TryGetValue(engine.Correlations[i].Digest, out var same))
            {
                _free.Add(engine.Correlations[i].Digest, same = []);
            }

            same.Enqueue(i);
        }
    }

    /// <summary>Groups that go on.</summary>
    public long Groups { get; private set; }

    /// <summary>Groups of correlations whose content is another one now, or that are gone.</summary>
    public long Changed { get; private set; }

    /// <summary>Groups for which there is no room.</summary>
    public long WithoutRoom { get; private set; }

    /// <summary>Reads a part, in the order in which they were written.</summary>
    /// <exception cref="IOException">It is something else.</exception>
    /// <exception cref="FormatException">It is something else.</exception>
    public void Read(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (!_hasSeed)
        {
            _hasSeed = true;
            _engine.Use(reader.ReadUInt128());
            return;
        }

        var number = reader.ReadInt32();
        var digest = reader.ReadUInt128();
        var now = reader.ReadInt64();
        var count = reader.ReadInt32();
        if (count < 0)
        {
            throw new FormatException("a number of groups out of range");
        }

        if (!_tables.TryGetValue(number, out var table))
        {
            table.Table = _free.TryGetValue(digest, out var same) && same.TryDequeue(out var place) ? place : -1;
        }

        _tables[number] = (table.Table, now);
        if (table.Table < 0)
        {
            Changed += count;
            return;
        }

        var taken = _engine.Tables[table.Table].Read(reader, count, _tagOf, state => _readState(state, table.Table));
        Groups += taken;
        WithoutRoom += count - taken;
    }

    /// <summary>All parts were read: the engine can observe events.</summary>
    public void Complete()
    {
        foreach (var (table, now) in _tables.Values)
        {
            if (table >= 0)
            {
                _engine.Tables[table].Resume(now);
            }
        }
    }
}

/// <summary>Numbers of 128 bits among others.</summary>
internal static class WideNumbers
{
    public static void Write(this BinaryWriter writer, UInt128 number)
    {
        writer.Write((ulong)(number >> 64));
        writer.Write((ulong)number);
    }

    public static UInt128 ReadUInt128(this BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());
}
