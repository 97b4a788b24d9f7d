using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Samples;

/// <summary>WireDns.Sigma: rules on JSON events.</summary>
public static class MatchEvents
{
    /// <summary>Writes the title of every rule that an event hits.</summary>
    public static void Run(string rulePath, IEnumerable<byte[]> events, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(output);
        var loaded = new RuleLoader().Load([rulePath]);
        foreach (var diagnostic in loaded.Diagnostics)
        {
            output.WriteLine(diagnostic); // file:line:column: error: what was expected and found
        }

        var schema = new JsonEventSchema();
        var rules = RuleSet.Compile(loaded.Rules, schema); // immutable; threads can share it
        var state = rules.CreateState(); // one for each thread
        var @event = new JsonEvent(schema);
        foreach (var json in events)
        {
            if (@event.TryLoad(json) && rules.Match(@event, state))
            {
                foreach (var rule in state.Matches)
                {
                    output.WriteLine(rules.Rules[rule].Title);
                }
            }
        }
    }
}
