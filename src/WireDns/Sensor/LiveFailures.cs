using WireDns.Capture.Live;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>Turns what can go wrong with interfaces into a line and an exit status.</summary>
internal static class LiveFailures
{
    /// <summary>Runs an action whose capture failures end the command.</summary>
    public static T Turn<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (LiveCaptureException exception)
        {
            throw new CommandFailure(StatusOf(exception), exception.Message);
        }
    }

    /// <summary>2 for what the user asked for, 1 for what failed on the way.</summary>
    public static int StatusOf(LiveCaptureException exception) => exception.Failure switch
    {
        LiveCaptureFailure.UnknownInterface or LiveCaptureFailure.BadFilter => ExitStatus.Usage,
        _ => ExitStatus.Failed,
    };
}
