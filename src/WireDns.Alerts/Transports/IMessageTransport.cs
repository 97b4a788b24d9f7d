namespace WireDns.Alerts.Transports;

/// <summary>
/// The way of formatted messages to a receiver. One thread at a time uses a transport. A failure is a result and never an exception, so
/// that it is counted by reason and tried again where that may help; only opening a transport throws. Disposing it closes what it opened.
/// </summary>
public interface IMessageTransport : IDisposable
{
    /// <summary>
    /// Sends the messages of a batch in order, and marks those that are settled. Returns when all are, or at the first failure that more
    /// than one message has. May be called again at once with those that were left: it opens again by itself what was lost.
    /// </summary>
    /// <returns>Why messages were left unmarked, or <see cref="SendOutcome.Done"/>.</returns>
    public SendOutcome Send(MessageBatch batch);
}
