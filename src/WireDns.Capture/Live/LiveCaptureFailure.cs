namespace WireDns.Capture;

/// <summary>What kept a live capture from starting or going on.</summary>
public enum LiveCaptureFailure
{
    /// <summary>Something that has no case of its own; the message has libpcap's words.</summary>
    Other,

    /// <summary>libpcap (under Windows: Npcap) is not installed.</summary>
    LibraryMissing,

    /// <summary>No interface has this name.</summary>
    UnknownInterface,

    /// <summary>The process may not capture.</summary>
    NoPermission,

    /// <summary>The filter does not compile for the interface's link type.</summary>
    BadFilter,

    /// <summary>The interface is down, or went away while it was captured from.</summary>
    DeviceLost,
}
