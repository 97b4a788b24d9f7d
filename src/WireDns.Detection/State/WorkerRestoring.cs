using WireDns.Detection.Correlation;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;

namespace WireDns.Detection.State;

/// <summary>Reads what <see cref="WorkerSaving"/> wrote.</summary>
internal sealed class WorkerRestoring(LoadedRules rules, LookupTable lookups, WaitingQueries waiting, Correlator correlator, PacketSource source)
{
    private const int MaximumInterfaces = 65_536;

    private int[] _interfaces = [];
    private Dictionary<int, int> _rules = [];
    private Correlator.CorrelatorRestoring? _correlations;
    private long _lookups;
    private long _lookupsOver;

    /// <summary>The seeds that messages were observed with.</summary>
    public MessageSeeds Seeds { get; private set; }

    /// <summary>Reads all of it. What is read goes on only if this returns.</summary>
    /// <exception cref="IOException">It is something else.</exception>
    /// <exception cref="FormatException">It is something else.</exception>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public RestoredState Read(BinaryReader reader)
    {
        var kind = StatePart.Nothing;
        while (kind != StatePart.End)
        {
            kind = (StatePart)reader.ReadByte();
            var length = reader.ReadInt32();
            if (_correlations is null != (kind == StatePart.Head))
            {
                throw new FormatException("parts in another order");
            }

            var end = reader.BaseStream.Position + length;
            if (length > 0)
            {
                Read(kind, reader);
            }

            if (length < 0 || reader.BaseStream.Position > end)
            {
                throw new FormatException("a part of another length");
            }

            // What belongs to rules that are gone was not read.
            reader.BaseStream.Position = end;
        }

        _correlations!.Complete();
        return new RestoredState(_lookups, _correlations.Groups.Groups)
        {
            LookupsWithoutRoom = _lookupsOver,
            ChangedGroups = _correlations.Groups.Changed,
            GroupsWithoutRoom = _correlations.Groups.WithoutRoom,
        };
    }

    private void Read(StatePart kind, BinaryReader reader)
    {
        switch (kind)
        {
            case StatePart.Head:
                ReadHead(reader);
                break;
            case StatePart.Lookups:
                ReadLookups(reader);
                break;
            case StatePart.Groups:
                _correlations!.ReadGroups(reader);
                break;
            case StatePart.Hits:
                _correlations!.ReadHits(reader);
                break;
            case StatePart.End:
                break;
            default:
                throw new FormatException("a part of another kind");
        }
    }

    private void ReadHead(BinaryReader reader)
    {
        Seeds = new MessageSeeds(reader.ReadUInt64(), reader.ReadUInt64());
        lookups.Resume(reader.ReadInt64() is var next and >= 0 and < long.MaxValue / 2 ? next : throw new FormatException("a number of lookups out of range"));
        _interfaces = new int[reader.ReadInt32() is var count and >= 0 and <= MaximumInterfaces ? count : throw new FormatException("a number of interfaces out of range")];
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            _interfaces[i] = source.InterfaceNames.TakeWhile(known => (known ?? "") != name).Count() is var place && place < source.InterfaceNames.Count ? place : -1;
        }

        var identities = new List<(int, RuleIdentity)>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var number = reader.ReadInt32();
            var isCorrelation = reader.ReadBoolean();
            var hasId = reader.ReadBoolean();
            var id = reader.ReadString();
            identities.Add((number, new RuleIdentity(isCorrelation, hasId ? id : null, reader.ReadString(), new UInt128(reader.ReadUInt64(), reader.ReadUInt64()))));
        }

        _rules = rules.Recognise(identities);
        _correlations = correlator.Restore(RuleOf);
    }

    private void ReadLookups(BinaryReader reader)
    {
        var from = reader.ReadInt64();
        var count = reader.ReadInt32();
        while (lookups.Count > 0 && from > lookups.Next)
        {
            // These were over by the time at which the next were written.
            if (lookups[lookups.Oldest].WaitingQuery is > 0 and var place)
            {
                waiting.Remove(place);
            }

            lookups.DropOldest(default);
        }

        var taken = lookups.Read(reader, from, count, RuleOf, query => waiting.Read(query, source, InterfaceOf));
        _lookups += taken;
        _lookupsOver += count - taken;
    }

    private int RuleOf(int number) => _rules.GetValueOrDefault(number, -1);

    private int InterfaceOf(int index) => (uint)index < (uint)_interfaces.Length ? _interfaces[index] : -1;
}

/// <summary>What a worker goes on with that another process began.</summary>
/// <param name="Lookups">Lookups that are remembered.</param>
/// <param name="Groups">Groups of correlations.</param>
public sealed record RestoredState(long Lookups, long Groups)
{
    /// <summary>Lookups for which there is no room. Default: 0.</summary>
    public long LookupsWithoutRoom { get; init; }

    /// <summary>Groups of correlations whose content is another one now, or that are gone. Default: 0.</summary>
    public long ChangedGroups { get; init; }

    /// <summary>Groups for which there is no room. Default: 0.</summary>
    public long GroupsWithoutRoom { get; init; }
}
