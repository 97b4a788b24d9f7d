using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>The lines of the verbose text format about a correlation: what it counted, for whom, and its events.</summary>
internal static class CorrelationDetail
{
    // The packet's number leads to the whole name.
    private const int MaximumName = 100;

    public static void Write(LineWriter line, AlertCorrelation? correlation)
    {
        if (correlation is null)
        {
            return;
        }

        TextDetail.Label(line, "correlation"u8);
        line.Rest(string.Create(
            CultureInfo.InvariantCulture, $"{correlation.Type} {correlation.Condition} within {correlation.Timespan}: {correlation.Value}"));
        for (var index = 0; index < correlation.Group.Count; index++)
        {
            TextDetail.Label(line, "group"u8);
            line.Token(correlation.Group[index].Field);
            line.Literal(" "u8);
            line.Token(correlation.Group[index].Value);
        }

        for (var index = 0; index < correlation.Events.Count; index++)
        {
            WriteEvent(line, correlation.Events[index]);
        }
    }

    private static void WriteEvent(LineWriter line, CorrelatedEvent correlated)
    {
        TextDetail.Label(line, "event"u8);
        Timestamp.Write(line.Output, correlated.UnixTimeNanoseconds, decimals: 6);
        line.Literal(" "u8);
        line.Endpoint(correlated.Client);
        line.Literal(" "u8);
        var isCut = correlated.QuestionName?.Length > MaximumName;
        line.Token(isCut ? correlated.QuestionName![..MaximumName] : correlated.QuestionName);
        line.Literal(isCut ? "... "u8 : " "u8);
        if (correlated.File is not null)
        {
            line.Rest(correlated.File);
        }

        line.Literal("#"u8);
        line.Number(correlated.PacketNumber);
    }
}
