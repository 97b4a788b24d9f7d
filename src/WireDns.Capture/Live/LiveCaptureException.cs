using SharpPcap;

namespace WireDns.Capture.Live;

/// <summary>
/// A live capture could not start or continue. The message is one line and says what to do about it.
/// </summary>
public sealed class LiveCaptureException : Exception
{
    /// <summary>An exception without a known cause.</summary>
    public LiveCaptureException()
        : this("the capture failed")
    {
    }

    /// <summary>An exception of kind <see cref="LiveCaptureFailure.Other"/>.</summary>
    public LiveCaptureException(string message)
        : this(message, null)
    {
    }

    /// <summary>An exception of kind <see cref="LiveCaptureFailure.Other"/>, caused by another.</summary>
    public LiveCaptureException(string message, Exception? innerException)
        : this(LiveCaptureFailure.Other, message, innerException)
    {
    }

    private LiveCaptureException(LiveCaptureFailure failure, string message, Exception? innerException)
        : base(message.ReplaceLineEndings(" ").Trim(), innerException) => Failure = failure;

    /// <summary>What happened.</summary>
    public LiveCaptureFailure Failure { get; }

    internal static LiveCaptureException LibraryMissing(Exception? cause) => new(
        LiveCaptureFailure.LibraryMissing,
        OperatingSystem.IsWindows()
            ? "capturing needs Npcap, which is not installed (https://npcap.com)"
            : "capturing needs libpcap, which is not installed (Debian and Ubuntu: apt-get install libpcap0.8; Fedora: dnf install libpcap)",
        cause);

    internal static LiveCaptureException UnknownInterface(string name, IEnumerable<string> known) => new(
        LiveCaptureFailure.UnknownInterface, $"no interface is called {name}; there are: {string.Join(", ", known)}", null);

    internal static LiveCaptureException BadFilter(string filter, string text, Exception? cause) => new(
        LiveCaptureFailure.BadFilter, $"the filter \"{filter}\" does not compile: {text}", cause);

    internal static LiveCaptureException CannotShare(string name, string reason) => new(
        LiveCaptureFailure.CannotShare, $"several threads cannot share {name}: {reason}; --workers 1 captures with one", null);

    internal static LiveCaptureException Lost(string name, string text) => new(
        LiveCaptureFailure.DeviceLost, $"the capture on {name} ended: {text}", null);

    internal static LiveCaptureException CannotOpen(string name, PcapException cause, string text) => cause.Error switch
    {
        PcapError.PermissionDenied or PcapError.PromiscuousPermissionDenied => new(
            LiveCaptureFailure.NoPermission,
            $"no permission to capture on {name}: {HowToBeAllowed(OperatingSystem.IsWindows())}",
            cause),
        PcapError.InterfaceNotUp => new(LiveCaptureFailure.DeviceLost, $"{name} is down{HowToSetUp(name, OperatingSystem.IsLinux())}", cause),
        PcapError.RfmonNotSupported => new(LiveCaptureFailure.Other, $"{name} has no monitor mode", cause),
        _ => new(LiveCaptureFailure.Other, $"cannot capture on {name}: {(text.Length > 0 ? text : cause.Message)}", cause),
    };

    internal static string HowToBeAllowed(bool isWindows) => isWindows
        ? "run as administrator, or install Npcap without restricting it to administrators"
        : NetRawCapability.Advice();

    internal static string HowToSetUp(string name, bool isLinux) => isLinux ? $" (ip link set {name} up)" : "";
}

/// <summary>Why a live capture could not start or continue.</summary>
public enum LiveCaptureFailure
{
    /// <summary>Any other failure; the message has libpcap's words.</summary>
    Other,

    /// <summary>libpcap (under Windows: Npcap) is not installed.</summary>
    LibraryMissing,

    /// <summary>No interface has this name.</summary>
    UnknownInterface,

    /// <summary>The process lacks the privilege to capture.</summary>
    NoPermission,

    /// <summary>The filter does not compile for the interface's link type.</summary>
    BadFilter,

    /// <summary>The packets of the interface cannot be dealt to several captures.</summary>
    CannotShare,

    /// <summary>The interface is down, or disappeared during the capture.</summary>
    DeviceLost,
}
