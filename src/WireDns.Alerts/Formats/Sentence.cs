using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>A sentence for the log view of a dashboard. Text from the wire is in it as it is: the format escapes it.</summary>
internal static class Sentence
{
    /// <summary>What an alert says.</summary>
    public static string Of(Alert alert)
    {
        var message = alert.Message;
        if (alert.Repeats is { } repeats)
        {
            var what = alert.Anomaly is { } repeated ? $"{repeated.Kind}: {repeated.Reason}" : alert.Rule.Title;
            return $"{what}: {repeats.Words}{(alert.Client.Address.Length == 0 ? "" : $", {alert.Client.Address}")}{(repeats.Domain is null ? "" : $" for {repeats.Domain}")}";
        }

        if (alert.Correlation?.Extent is { } extent)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{alert.Rule.Title}: ended after {extent.Events} events ({extent.Cause})");
        }

        if (alert.Anomaly is { } anomaly)
        {
            return alert.Client.Address.Length == 0
                ? $"{anomaly.Kind}: {anomaly.Reason}"
                : $"{anomaly.Kind}: {anomaly.Reason}, {alert.Client.Address} to {alert.Server.Address}";
        }

        var (title, client, server) = (alert.Rule.Title, alert.Client.Address, alert.Server.Address);
        var outcome = message.IsResponse ? $", answer {message.ResponseCode ?? "unknown"}" : "";
        return message.QuestionName is null
            ? $"{title}: {client} sent {server} a {message.Opcode} message without a question{outcome}"
            : $"{title}: {client} asked {server} for {message.QuestionName} ({message.QuestionType}){outcome}";
    }

    /// <summary>What an event of the sensor says.</summary>
    public static string Of(SensorEvent sensorEvent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sensorEvent.Part}{(sensorEvent.Interface is { } name ? $" {name}" : "")} is {sensorEvent.State}"
            + $"{(sensorEvent.Reason is { } reason ? $": {reason}" : "")} (after {sensorEvent.PreviousSeconds} s {sensorEvent.PreviousState})");
}
