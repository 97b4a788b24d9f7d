using System.Text;
using WireDns.Detection.Correlation;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;

namespace WireDns.Detection.State;

/// <summary>
/// Writes what a worker remembers, so that the worker of a later process goes on with it: lookups with the rules that fired for them, the windows of correlations,
/// and what alerts show of their events. In parts of about 1 MiB, between which packets go on: each lookup and group is as it was when its part was written. What
/// does not fit into a stated length is left out, and counted.
/// </summary>
public sealed class WorkerSaving
{
    // A part takes a few milliseconds, during which no packet is processed, or no hit correlated.
    internal const int PartLength = 1 << 20;

    private readonly LookupTable _lookups;
    private readonly WaitingQueries _waiting;
    private readonly ICorrelations _correlations;
    private readonly IReadOnlyList<(int Number, RuleIdentity Identity)> _rules;
    private readonly MessageSeeds _seeds;
    private readonly PacketSource _source;
    private readonly long _maximumLength;
    private StatePart _next = StatePart.Head;
    private CorrelationSaving? _groups;
    private long _from;
    private int _rule;
    private long _written;
    private long _start;

    internal WorkerSaving(
        LoadedRules rules, MessageSeeds seeds, LookupTable lookups, WaitingQueries waiting, ICorrelations correlations, PacketSource source, long maximumLength)
    {
        _rules = rules.Identify();
        _seeds = seeds;
        _lookups = lookups;
        _waiting = waiting;
        _correlations = correlations;
        _source = source;
        _maximumLength = maximumLength;
    }

    /// <summary>How many lookups were written.</summary>
    public long Lookups { get; private set; }

    /// <summary>How many groups of correlations were written.</summary>
    public long Groups => _groups?.Groups ?? 0;

    /// <summary>How many events of correlations were written, as alerts show them.</summary>
    public long Hits { get; private set; }

    /// <summary>Whether anything did not fit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>How many lookups did not fit: they get no more than half of the room.</summary>
    public long LookupsLeft { get; private set; }

    /// <summary>How many groups did not fit.</summary>
    public long GroupsLeft { get; private set; }

    /// <summary>
    /// Writes the next part. Call it between two packets. What it returns may go on afterwards on the thread that correlates: wait for that before the next call, while
    /// packets go on.
    /// </summary>
    /// <param name="part">Takes the part, from its position on.</param>
    /// <returns>Null if all was written before.</returns>
    public Task? WriteNext(MemoryStream part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return _next switch
        {
            StatePart.Head => AtOnce(part, WriteHead),
            StatePart.Lookups => AtOnce(part, WriteLookups),
            StatePart.Groups => _correlations.Do(correlator => Write(part, StatePart.Groups, writer => WriteGroups(correlator, writer))),
            StatePart.Hits => _correlations.Do(correlator => Write(part, StatePart.Hits, writer => WriteHits(correlator, writer))),
            StatePart.End => AtOnce(part, _ => _next = StatePart.Nothing),
            _ => null,
        };
    }

    private Task AtOnce(MemoryStream part, Action<BinaryWriter> write)
    {
        Write(part, _next, write);
        return Task.CompletedTask;
    }

    private void Write(MemoryStream part, StatePart kind, Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(part, Encoding.UTF8, leaveOpen: true);
        _start = part.Position;
        writer.Write((byte)kind);
        writer.Write(0);
        var content = part.Position;
        write(writer);
        writer.Flush();
        var end = part.Position;
        part.Position = content - sizeof(int);
        writer.Write((int)(end - content));
        writer.Flush();
        part.Position = end;
        _written += end - _start;
    }

    private void WriteHead(BinaryWriter writer)
    {
        writer.Write(_seeds.Name);
        writer.Write(_seeds.Flow);
        writer.Write(_lookups.Next);
        writer.Write(_source.InterfaceNames.Count);
        foreach (var name in _source.InterfaceNames)
        {
            writer.Write(name ?? "");
        }

        writer.Write(_rules.Count);
        foreach (var (number, identity) in _rules)
        {
            writer.Write(number);
            writer.Write(identity.IsCorrelation);
            writer.Write(identity.Id is not null);
            writer.Write(identity.Id ?? "");
            writer.Write(identity.Title);
            writer.Write((ulong)(identity.Content >> 64));
            writer.Write((ulong)identity.Content);
        }

        _next = StatePart.Lookups;
    }

    private void WriteLookups(BinaryWriter writer)
    {
        var place = writer.BaseStream.Position;
        writer.Write(0L);
        writer.Write(0);
        var count = _lookups.Write(writer, ref _from, place + PartLength, _waiting);
        var end = writer.BaseStream.Position;
        writer.BaseStream.Position = place;
        writer.Write(_from - count);
        writer.Write(count);
        writer.BaseStream.Position = end;
        Lookups += count;
        if (IsFull(writer, _maximumLength / 2))
        {
            LookupsLeft = _lookups.Next - _from;
            IsCut |= LookupsLeft > 0;
            _from = _lookups.Next;
        }

        if (_from >= _lookups.Next)
        {
            (_next, _from) = (StatePart.Groups, 0);
        }
    }

    private void WriteGroups(Correlator correlator, BinaryWriter writer)
    {
        _groups ??= correlator.SaveGroups();
        if (!_groups.WriteNext(writer, PartLength))
        {
            _next = StatePart.Hits;
        }
        else if (IsFull(writer, _maximumLength))
        {
            GroupsLeft = _groups.Left;
            IsCut = true;
            _next = StatePart.End;
        }
    }

    private void WriteHits(Correlator correlator, BinaryWriter writer)
    {
        var count = correlator.WriteHits(writer, ref _rule, ref _from, PartLength);
        Hits += Math.Max(0, count);
        IsCut |= count > 0 && IsFull(writer, _maximumLength);
        if (count < 0 || IsFull(writer, _maximumLength))
        {
            _next = StatePart.End;
        }
    }

    // Parts may be longer than they should be, where a window is large.
    private bool IsFull(BinaryWriter writer, long maximumLength) => _written + writer.BaseStream.Position - _start + (2 * PartLength) > maximumLength;
}

/// <summary>The parts of a worker's state, in their order.</summary>
internal enum StatePart : byte
{
    Nothing,
    Head,
    Lookups,
    Groups,
    Hits,
    End,
}
