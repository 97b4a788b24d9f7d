namespace WireDns.Alerts.Transports;

/// <summary>Why an alert that was accepted was not delivered.</summary>
public enum SendFailure
{
    /// <summary>It was delivered.</summary>
    None,

    /// <summary>The reader of a pipe has gone (EPIPE): nothing can be delivered there any more.</summary>
    ReaderGone,

    /// <summary>Nobody listens: the socket's path does not exist, or the receiver refuses (ENOENT, ECONNREFUSED).</summary>
    ReceiverAbsent,

    /// <summary>The receiver or the network card did not keep up (EAGAIN, ENOBUFS), after a wait of a second.</summary>
    ReceiverBusy,

    /// <summary>No way to the host (EHOSTUNREACH, ENETUNREACH, ENETDOWN).</summary>
    Unreachable,

    /// <summary>The system forbids it (EACCES, EPERM).</summary>
    Forbidden,

    /// <summary>The message is longer than the socket takes (EMSGSIZE).</summary>
    TooLong,

    /// <summary>No space on the device, or a quota is used up (ENOSPC, EDQUOT).</summary>
    DeviceFull,

    /// <summary>Another error of the system.</summary>
    SystemError,

    /// <summary>The format threw an exception: a defect of the product, reported with its text.</summary>
    FormatFault,

    /// <summary>The sink threw an exception: a defect of the product, reported with its text.</summary>
    SinkFault,

    /// <summary>It was still waiting when the deadline of the end came.</summary>
    Abandoned,
}
