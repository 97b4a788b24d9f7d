using WireDns.Capture.Live;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>Turns failures of interfaces into a line on stderr and an exit status.</summary>
internal static class LiveFailures
{
    /// <summary>Runs an action; a capture failure in it ends the command.</summary>
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

    /// <summary>2 if what the user asked for is wrong, 1 if something failed later.</summary>
    public static int StatusOf(LiveCaptureException exception) => exception.Failure switch
    {
        LiveCaptureFailure.UnknownInterface or LiveCaptureFailure.BadFilter or LiveCaptureFailure.CannotShare => ExitStatus.Usage,
        _ => ExitStatus.Failed,
    };
}
