using System.Net.Sockets;

namespace WireDns.Alerts.Transports;

/// <summary>Why a message was not delivered.</summary>
public enum SendFailure
{
    /// <summary>It was delivered.</summary>
    None,

    /// <summary>The reader of a pipe has gone (EPIPE): nothing can be delivered there any more.</summary>
    ReaderGone,

    /// <summary>Nobody listens: the socket's path does not exist, or the receiver refuses (ENOENT, ECONNREFUSED).</summary>
    ReceiverAbsent,

    /// <summary>The receiver or the network card does not keep up (EAGAIN, ENOBUFS).</summary>
    ReceiverBusy,

    /// <summary>No route to the host (EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL).</summary>
    Unreachable,

    /// <summary>The system forbids it (EACCES, EPERM).</summary>
    Forbidden,

    /// <summary>The receiver could not prove who it is, or did not accept the sensor's proof (TLS, HTTP 401 and 403).</summary>
    NotTrusted,

    /// <summary>The receiver got the message and rejects it (RELP, HTTP 4xx).</summary>
    Refused,

    /// <summary>The message is longer than the transport allows (EMSGSIZE).</summary>
    TooLong,

    /// <summary>No space on the device, or a quota is used up (ENOSPC, EDQUOT).</summary>
    DeviceFull,

    /// <summary>The spool was full, and its oldest messages gave way to newer ones.</summary>
    SpoolFull,

    /// <summary>The spool's file was damaged while the process ran: the message could not be read back.</summary>
    SpoolDamaged,

    /// <summary>Another error of the system.</summary>
    SystemError,

    /// <summary>The format threw an exception: a defect of the product, reported with its text.</summary>
    FormatFault,

    /// <summary>The transport threw an exception: a defect of the product, reported with its text.</summary>
    TransportFault,

    /// <summary>It was still waiting at the final deadline.</summary>
    Abandoned,
}

/// <summary>A transport's answer: why it stopped before the end of the batch, if it did.</summary>
/// <param name="Failure">Why the unmarked messages were not sent; <see cref="SendFailure.None"/> if there are none.</param>
/// <param name="Detail">What else is known about the failure, in words for the user; null for nothing.</param>
/// <param name="RetryAfter">The pause that the receiver asks for before the next attempt; null if it says nothing.</param>
public readonly record struct SendOutcome(SendFailure Failure, string? Detail = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Every message of the batch is marked.</summary>
    public static SendOutcome Done => default;
}

/// <summary>Whether to try again after a failure, and what to call it.</summary>
public static class SendFailures
{
    /// <summary>
    /// Whether the same message may get through later. All other failures are final: a message that is too long stays so, and a reader that
    /// has gone does not come back. A certificate that is not trusted can be renewed.
    /// </summary>
    public static bool IsRetryable(this SendFailure failure) => failure is SendFailure.ReceiverAbsent or SendFailure.ReceiverBusy
        or SendFailure.Unreachable or SendFailure.Forbidden or SendFailure.NotTrusted or SendFailure.DeviceFull or SendFailure.SystemError;

    /// <summary>The failure in words for the user, to follow a colon: <c>nobody listens there</c>.</summary>
    public static string Words(this SendFailure failure) => failure switch
    {
        SendFailure.None => "delivered",
        SendFailure.ReaderGone => "the reader has gone",
        SendFailure.ReceiverAbsent => "nobody listens there",
        SendFailure.ReceiverBusy => "the receiver does not keep up",
        SendFailure.Unreachable => "no way to the host",
        SendFailure.Forbidden => "not permitted",
        SendFailure.NotTrusted => "not trusted",
        SendFailure.Refused => "the receiver refused it",
        SendFailure.TooLong => "too long for one message",
        SendFailure.DeviceFull => "no space left on the device",
        SendFailure.SpoolFull => "gave way to newer ones in the spool",
        SendFailure.SpoolDamaged => "damaged in the spool",
        SendFailure.SystemError => "an error of the system",
        SendFailure.FormatFault => "a defect while formatting",
        SendFailure.TransportFault => "a defect while sending",
        SendFailure.Abandoned => "no time left at the end",
        _ => "unknown",
    };

    /// <summary>The failure as an identifier, as the ledger and metrics have it: lower case with underscores, <c>receiver_absent</c>.</summary>
    public static string Name(this SendFailure failure) => string.Concat(failure.ToString().Select((letter, index) =>
        char.IsUpper(letter) ? $"{(index > 0 ? "_" : "")}{char.ToLowerInvariant(letter)}" : letter.ToString()));

    /// <summary>The failure and its detail in words for the user.</summary>
    public static string Words(this SendOutcome outcome) =>
        outcome.Detail is null ? outcome.Failure.Words() : $"{outcome.Failure.Words()} ({outcome.Detail})";

    /// <summary>The failure that a socket's error means.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isLocal">Whether the socket has a path, not an address: the system's errors then mean something else.</param>
    internal static SendOutcome Of(SocketError error, bool isLocal = false) => error switch
    {
        SocketError.Success => SendOutcome.Done,
        SocketError.WouldBlock or SocketError.TimedOut or SocketError.NoBufferSpaceAvailable => new(SendFailure.ReceiverBusy),
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NotConnected or SocketError.Shutdown
            or SocketError.ConnectionAborted => new(SendFailure.ReceiverAbsent),
        SocketError.AddressNotAvailable when isLocal => new(SendFailure.ReceiverAbsent), // ENOENT: the path does not exist
        SocketError.AddressNotAvailable or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable
            or SocketError.NetworkDown => new(SendFailure.Unreachable),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(SendFailure.Unreachable, "its name is not known"),
        SocketError.AccessDenied => new(SendFailure.Forbidden),
        SocketError.MessageSize => new(SendFailure.TooLong),
        _ => new(SendFailure.SystemError, $"number {(int)error}"),
    };
}
