using System.Text;
using WireDns.Output;

namespace WireDns.Choosing;

/// <summary>The part of the summary that says which alerts were not sent because the user asked for others.</summary>
internal static class ChoiceSummary
{
    /// <summary>The lines; none if no alert was left out.</summary>
    public static string Of(AlertChoice choice, AlertGate gate, TimeOrder? order)
    {
        var text = new StringBuilder();
        var leftOut = choice.LeftOut;
        Summary.LineIfAny(text, "alerts left out", leftOut.Sum(entry => entry.Count) + gate.Repeated + gate.TooMany, note: "not sent, as you asked");
        foreach (var (reason, count) in leftOut)
        {
            Summary.Line(text, "  " + reason, count);
        }

        Summary.LineIfAny(text, "  not the first", gate.Repeated, note: "of --first-per");
        Summary.LineIfAny(text, "  beyond --max-alerts", gate.TooMany);
        Summary.LineIfAny(text, "sent for want of room", gate.WithoutRoom, note: "too many different alerts for --first-per: each further one was sent");
        Summary.LineIfAny(text, "sent out of the order of time", order?.Late ?? 0, note: "too many alerts waited to be put into order: the earliest went on");
        return text.ToString();
    }
}
