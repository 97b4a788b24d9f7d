namespace WireDns.Alerts.Buffers;

/// <summary>
/// How much memory an alert takes while it waits. Most take one or two thousand octets, but a response over TCP can make one of half a
/// million, and its sender can send many: a bound on the number of alerts alone would be no bound.
/// </summary>
public static class AlertSize
{
    private const int Objects = 1024; // the records themselves, their lists and short texts, rounded up
    private const int PerItem = 128; // an answer or a reason without its long texts
    private const int PerCharacter = 2;

    /// <summary>About how many octets of memory it holds alone.</summary>
    public static long Of(Notification notification) => notification switch
    {
        Alert alert => Of(alert),
        DnsLookup lookup => Objects + (PerItem * (lookup.Answers.Count + (lookup.Zeek?.Answers.Count ?? 0L)))
            + (PerCharacter * ((lookup.Question?.Name.Length ?? 0L) + lookup.Answers.Sum(answer => (long)answer.Name.Length + answer.Data.Length)
                + (lookup.Zeek?.Answers.Sum(answer => (long)answer.Data.Length) ?? 0))),
        PassiveDnsRecord record => Objects + (PerCharacter * ((long)record.Name.Length + record.Data.Length)),
        SensorEvent sensorEvent => Objects + (PerCharacter * (sensorEvent.Reason?.Length ?? 0)),
        Signals.CorrelationSignal signal => Objects + signal.Message.Length,
        AlertEvidence evidence => Of(evidence.Alert) + evidence.Packets.Sum(packet => packet.Data.Length + (long)PerItem),
        _ => Objects,
    };

    /// <summary>About how many octets of memory the alert holds alone. Its rule does not count: all the rule's alerts share it.</summary>
    public static long Of(Alert alert)
    {
        var message = alert.Message;
        var items = (long)message.Answers.Count + message.ResolvedAddresses.Count + alert.Reasons.Count;
        long characters = message.QuestionName?.Length ?? 0;
        for (var index = 0; index < message.Answers.Count; index++)
        {
            characters += message.Answers[index].Name.Length + message.Answers[index].Data.Length;
        }

        for (var index = 0; index < alert.Reasons.Count; index++)
        {
            characters += alert.Reasons[index].Value.Length;
        }

        if (alert.Correlation is { } correlation)
        {
            items += correlation.Group.Count + (2L * correlation.Events.Count);
            for (var index = 0; index < correlation.Group.Count; index++)
            {
                characters += correlation.Group[index].Value.Length;
            }

            for (var index = 0; index < correlation.Events.Count; index++)
            {
                characters += correlation.Events[index].QuestionName?.Length ?? 0;
            }
        }

        for (var index = 0; index < alert.Repeats?.Names.Count; index++)
        {
            characters += alert.Repeats.Names[index].Length;
        }

        for (var index = 0; index < alert.Indicators.Count; index++)
        {
            items += 2 + alert.Indicators[index].Labels.Count;
            characters += alert.Indicators[index].Name.Length + (alert.Indicators[index].Title?.Length ?? 0);
        }

        return Objects + (PerItem * items) + (PerCharacter * characters);
    }
}
