using System.Globalization;
using WireDns.RuleTools;

namespace WireDns.Reporting;

/// <summary>The techniques of a report as a layer of the ATT&amp;CK Navigator: the score is the number of alerts.</summary>
internal static class AlertLayer
{
    // Techniques that rules would find and did not: grey, with the score 0.
    private const string NoAlerts = "#d9d9d9";

    /// <summary>The layer.</summary>
    public static NavigatorLayer Of(ReportContent content) => new(
        ReportText.Printable(content.Title),
        string.Create(CultureInfo.InvariantCulture, $"{content.Alerts.Alerts:N0} alerts of WireDns; grey: a rule runs and raised none"),
        "#ffe8d9",
        "#b3261e",
        [
            .. content.Techniques().Select(technique => technique.Alerts == 0
                ? new LayerTechnique(technique.Id, 0, string.Create(CultureInfo.InvariantCulture, $"{technique.RunningRules:N0} rules run, none raised an alert")) { Color = NoAlerts }
                : new LayerTechnique(technique.Id, technique.Alerts, string.Join("; ", technique.Titles.Select(ReportText.Printable)))),
        ]);
}
