using WireDns.Alerts;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;

namespace WireDns.Detection.Correlation;

/// <content>What a later process can go on with.</content>
internal sealed partial class Correlator
{
    /// <summary>Begins to write the groups of all correlations.</summary>
    public CorrelationSaving SaveGroups()
    {
        Settle();
        return _engine.Save(static (writer, state) => KeptAlert.Write(writer, state as Alert));
    }

    /// <summary>Writes the next part of what alerts show of hits.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="rule">The number of the rule to go on with; at first 0.</param>
    /// <param name="from">The number of the hit to go on with; at first 0.</param>
    /// <param name="length">About how long it may be.</param>
    /// <returns>How many were written; less than 0 if there are no more, and nothing was written.</returns>
    public int WriteHits(BinaryWriter writer, ref int rule, ref long from, int length)
    {
        var least = rule;
        var numbers = _evidenceByNumber.Where(log => log.Key >= least && log.Value.Next > 0).Select(log => log.Key).ToList();
        if (numbers.Count == 0)
        {
            return -1;
        }

        rule = numbers.Min();
        var log = _evidenceByNumber[rule];
        writer.Write(rule);
        var place = writer.BaseStream.Position;
        writer.Write(0L);
        writer.Write(0);
        var count = log.Write(writer, ref from, place + length);
        var end = writer.BaseStream.Position;
        writer.BaseStream.Position = place;
        writer.Write(from - count);
        writer.Write(count);
        writer.BaseStream.Position = end;
        if (from >= log.Next)
        {
            rule++;
            from = 0;
        }

        return count;
    }

    /// <summary>Begins to read what a correlator of another process has written. Nothing changes before <see cref="CorrelatorRestoring.Complete"/>.</summary>
    /// <param name="ruleOf">The number of a rule today, by its number then; less than 0 if it does not run.</param>
    public CorrelatorRestoring Restore(Func<int, int> ruleOf) => new(this, ruleOf);

    /// <summary>Reads the state of a correlator.</summary>
    internal sealed class CorrelatorRestoring
    {
        private readonly Correlator _correlator;
        private readonly Func<int, int> _ruleOf;
        private readonly CorrelationEngine _engine;
        private readonly CorrelationRestoring _groups;
        private readonly Dictionary<int, EvidenceLog> _logs = [];

        public CorrelatorRestoring(Correlator correlator, Func<int, int> ruleOf)
        {
            _correlator = correlator;
            _ruleOf = ruleOf;
            _engine = new CorrelationEngine(correlator._rules.RunningCorrelations, RulesOf(correlator._rules), new DnsFields(), correlator._limits);
            _groups = _engine.Restore(TagOf, (reader, index) => KeptAlert.Read(reader, correlator._rules.Correlations[index].Alert));
        }

        /// <summary>How many groups were read.</summary>
        public CorrelationRestoring Groups => _groups;

        /// <summary>Reads a part of the groups.</summary>
        public void ReadGroups(BinaryReader reader) => _groups.Read(reader);

        /// <summary>Reads a part of the hits.</summary>
        public void ReadHits(BinaryReader reader)
        {
            var rule = _ruleOf(reader.ReadInt32());
            var from = reader.ReadInt64();
            var count = reader.ReadInt32();
            if (rule < 0)
            {
                return;
            }

            if (!_logs.TryGetValue(rule, out var log))
            {
                _logs.Add(rule, log = new EvidenceLog());
            }

            log.Read(reader, from, count);
        }

        /// <summary>All was read: the correlator goes on with it.</summary>
        public void Complete()
        {
            _groups.Complete();
            _correlator._engine = _engine;
            foreach (var (rule, log) in _logs)
            {
                _correlator._evidenceByNumber[rule] = log;
            }

            _correlator.Prepare();
        }

        private long TagOf(long tag)
        {
            var rule = _ruleOf((int)(tag >> NumberBits));
            return rule < 0 ? -1 : ((long)rule << NumberBits) | (tag & ((1L << NumberBits) - 1));
        }
    }
}
