namespace WireDns.Alerts.Transports;

/// <summary>
/// Where messages go. One thread at a time uses a sink. A failure to deliver is a result and never an exception, so that it is
/// counted by reason; only opening a sink throws. Disposing it closes what it opened.
/// </summary>
public interface IMessageTransport : IDisposable
{
    /// <summary>Takes one message, complete and without terminator. May keep a copy until the next <see cref="Flush"/>.</summary>
    /// <returns>Why the message was not taken, or <see cref="SendFailure.None"/>.</returns>
    public SendFailure Write(ReadOnlySpan<byte> message);

    /// <summary>Hands on whatever <see cref="Write"/> kept.</summary>
    /// <returns>Why the messages since the last flush may be lost, or <see cref="SendFailure.None"/>.</returns>
    public SendFailure Flush();
}
