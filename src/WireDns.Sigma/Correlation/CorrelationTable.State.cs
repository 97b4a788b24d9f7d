using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <content>The groups in a form that a later process can read.</content>
internal sealed partial class CorrelationTable
{
    private const byte HasEntryFlag = 1;
    private const byte IsTrueFlag = 2;
    private const byte IsGrownFlag = 4;
    private const byte HasEpisodeFlag = 8;

    /// <summary>See <see cref="CorrelationHit.From"/>; of the group that <see cref="Observe"/> last added an event to.</summary>
    public long? From => At(_current) is var group && group.Window != WindowPool.None ? _windows[group.Window].From
        : group.Newest; // its only event

    /// <summary>See <see cref="CorrelationHit.Rise"/>; call it once for each time that <see cref="Observe"/> has returned true.</summary>
    public int Rise() => At(_current) is var group && group.Window != WindowPool.None ? _windows[group.Window].Rise() + Passed() : Passed();

    // A count that only grows leaves a condition, and comes into it again, where it passes a number that must not be.
    private int Passed() => _type is CorrelationType.EventCount or CorrelationType.ValueCount
        ? _thresholds.Count(threshold => threshold.Operator == CorrelationOperator.NotEqual && threshold.Number.ToDouble() < Value)
        : 0;

    /// <summary>Begins the episode of the group for which <see cref="Observe"/> has just become true; null if its end will not be told.</summary>
    public CorrelationEpisode? BeginEpisode(long time) => Episodes.Begin(At(_current).Key, time);

    /// <summary>
    /// The newest events of the group that <see cref="Observe"/> last added an event to, at most this many, oldest first. Allocates; only for hits.
    /// </summary>
    public IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        ref var group = ref At(_current);
        return group.Window != WindowPool.None ? _windows[group.Window].Report(maximum)
            : maximum > 0 ? [new ReportedEvent(group.Newest, group.Tag)]
            : [];
    }

    /// <summary>The latest time of an event, for <see cref="Resume"/>.</summary>
    public long Now => _now;

    /// <summary>Writes the groups from a place on, until there are none left or the writer is long enough.</summary>
    /// <param name="writer">Takes them: how many there are comes last.</param>
    /// <param name="from">The place to begin with.</param>
    /// <param name="length">No further group begins past this position.</param>
    /// <param name="writeState">Writes what the caller keeps in an episode.</param>
    /// <param name="count">How many were written.</param>
    /// <returns>The place to go on with; less than 0 at the end.</returns>
    public int Write(BinaryWriter writer, int from, long length, Action<BinaryWriter, object?> writeState, out int count)
    {
        count = 0;
        var place = from;
        for (; place < _used; place++)
        {
            ref var group = ref At(place);
            if (!group.HasEntry && group.Window == WindowPool.None)
            {
                // It is free.
                continue;
            }

            if (writer.BaseStream.Position >= length)
            {
                break;
            }

            WriteGroup(writer, ref group, writeState);
            count++;
        }

        return place < _used ? place : None;
    }

    /// <summary>Takes groups that <see cref="Write"/> wrote. Call <see cref="Resume"/> after the last one.</summary>
    /// <param name="reader">Has them.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="tagOf">The tag of today in place of a tag of then.</param>
    /// <param name="readState">Reads what the caller keeps in an episode.</param>
    /// <returns>How many were taken; the others had no room, or are here already.</returns>
    /// <exception cref="FormatException">They are something else.</exception>
    public int Read(BinaryReader reader, int count, Func<long, long> tagOf, Func<BinaryReader, object?> readState)
    {
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var place = Take();
            ref var group = ref At(place);
            group = new CorrelationGroup { Key = new UInt128(reader.ReadUInt64(), reader.ReadUInt32()) };
            var flags = ReadGroup(reader, ref group, tagOf);
            var episode = (flags & HasEpisodeFlag) == 0 ? null : new CorrelationEpisode(reader) { State = readState(reader) };
            if (!_room.HasRoom(CountOf(ref group)) || FindPlace(group.Key) != None)
            {
                _windows.Return(group.Window);
                group.Window = WindowPool.None;
                group.Newer = _free;
                _free = place;
                continue;
            }

            _index.Add(group.Key, place, Count);
            Count++;
            Entries += CountOf(ref group);
            _room.Take(1, CountOf(ref group));
            taken++;
            if (episode is not null)
            {
                Episodes.Resume(group.Key, episode);
            }
        }

        return taken;
    }

    /// <summary>Goes on from here: puts the groups that were read into the order of their last events.</summary>
    /// <param name="now">The latest time of an event.</param>
    public void Resume(long now)
    {
        _now = Math.Max(_now, now);
        _lone = new GroupList();
        _grown = new GroupList();
        var order = new (long Newest, int Place)[Count];
        var next = 0;
        for (var place = 0; place < _used; place++)
        {
            if (At(place).HasEntry || At(place).Window != WindowPool.None)
            {
                order[next++] = (At(place).Newest, place);
            }
        }

        Array.Sort(order);
        foreach (var (_, place) in order)
        {
            Append(place, ref At(place));
        }
    }

    private void WriteGroup(BinaryWriter writer, ref CorrelationGroup group, Action<BinaryWriter, object?> writeState)
    {
        var episode = group.IsTrue ? Episodes.Find(group.Key) : null;
        writer.Write((ulong)(group.Key >> 64));
        writer.Write((uint)group.Key);
        writer.Write((byte)((group.HasEntry ? HasEntryFlag : 0) | (group.IsTrue ? IsTrueFlag : 0) | (group.IsGrown ? IsGrownFlag : 0)
            | (episode is null ? 0 : HasEpisodeFlag)));
        writer.Write(group.Newest);
        if (group.HasEntry)
        {
            writer.Write(group.Tag);
            writer.Write(group.Bits);
            writer.Write(group.Source);
        }
        else
        {
            _windows[group.Window].Write(writer);
        }

        if (episode is not null)
        {
            episode.Write(writer);
            writeState(writer, episode.State);
        }
    }

    private byte ReadGroup(BinaryReader reader, ref CorrelationGroup group, Func<long, long> tagOf)
    {
        var flags = reader.ReadByte();
        group.Newest = reader.ReadInt64();
        if ((flags & HasEntryFlag) != 0)
        {
            group.Tag = tagOf(reader.ReadInt64());
            group.Bits = reader.ReadUInt64();
            group.Source = reader.ReadInt16();
        }
        else
        {
            var window = _windows.Rent();
            _windows[window].Read(reader, tagOf);
            group.Window = window;
        }

        group.IsTrue = (flags & IsTrueFlag) != 0;
        group.IsGrown = (flags & IsGrownFlag) != 0;
        return group.Source < 0 || Math.Abs(Math.Clamp(group.Newest, -long.MaxValue, long.MaxValue)) > 1L << 62 ? throw new FormatException("a group out of range") : flags;
    }
}
