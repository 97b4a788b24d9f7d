using Microsoft.Extensions.Logging;

namespace WireDns.Journal;

// Some of what is known is a field alone, because the text says it in other words.
#pragma warning disable SYSLIB1015

/// <summary>The events of a sensor's own log. Their names and fields are documented in docs/sensor.md; in text only the message is written.</summary>
internal static partial class SensorMessages
{
    /// <summary>An interface is captured from.</summary>
    [LoggerMessage(EventName = "capture_started", Level = LogLevel.Information, Message = "capturing on {Interface} ({LinkType}){Threads}, {Filter}")]
    public static partial void CaptureStarted(this ILogger log, string @interface, string linkType, string threads, string filter);

    /// <summary>The filter costs as much as none.</summary>
    [LoggerMessage(
        EventName = "filter_not_in_kernel", Level = LogLevel.Warning,
        Message = "the kernel does not take the filter on {Interface}; every packet is filtered in this process")]
    public static partial void FilterNotInKernel(this ILogger log, string @interface);

    /// <summary>The sensor is at work.</summary>
    [LoggerMessage(EventName = "rules_run", Level = LogLevel.Information, Message = "{Rules:N0} rules run")]
    public static partial void RulesRun(this ILogger log, int rules);

    /// <summary>Figures and health can be asked for.</summary>
    [LoggerMessage(EventName = "metrics_served", Level = LogLevel.Information, Message = "{Url}/metrics, /healthz and /readyz answer")]
    public static partial void MetricsServed(this ILogger log, string url);

    /// <summary>A part sees less than it should.</summary>
    [LoggerMessage(EventName = "state_worse", Message = "{What} is {State}: {Reason}")]
    public static partial void StateWorse(this ILogger log, LogLevel level, string what, string state, string reason, string part, string? @interface, string cause);

    /// <summary>A part sees all again.</summary>
    [LoggerMessage(EventName = "state_ok", Level = LogLevel.Information, Message = "{What} is {State} again, after {Seconds} s {Previous}")]
    public static partial void StateOk(this ILogger log, string what, string state, long seconds, string previous, string part, string? @interface);

    /// <summary>A part changed more often than is worth a line each.</summary>
    [LoggerMessage(EventName = "state_unsteady", Level = LogLevel.Warning, Message = "{What} changed its state {Changes:N0} times more; now it is {Now}")]
    public static partial void StateUnsteady(this ILogger log, string what, long changes, string now, string part, string? @interface, string state);

    /// <summary>A defect of the program cost packets.</summary>
    [LoggerMessage(EventName = "program_fault", Level = LogLevel.Error, Message = "a fault of this program lost {Lost} ({Place}){Kept}")]
    public static partial void ProgramFault(this ILogger log, string lost, string place, string kept, long packets, string? @interface);

    /// <summary>A packet is at work for so long that there are no new figures.</summary>
    [LoggerMessage(
        EventName = "figures_stale", Level = LogLevel.Warning,
        Message = "a packet is at work for longer than a second; the figures of {FiguresTime} follow")]
    public static partial void FiguresStale(this ILogger log, string figuresTime);
}
