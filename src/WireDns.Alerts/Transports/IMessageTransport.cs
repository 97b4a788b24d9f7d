namespace WireDns.Alerts.Transports;

/// <summary>
/// Carries formatted messages to a receiver. Used by one thread at a time. A failure is a result and never an exception, so that it is
/// counted by reason and tried again if that may help; only opening a transport throws. Disposing it closes what it opened.
/// </summary>
public interface IMessageTransport : IDisposable
{
    /// <summary>
    /// Sends the messages of a batch in order, and marks those that are settled. Returns when all are, or at the first failure that
    /// concerns more than one message. May be called again at once with those that are left: it reopens a lost connection by itself.
    /// </summary>
    /// <returns>Why messages were left unmarked, or <see cref="SendOutcome.Done"/>.</returns>
    public SendOutcome Send(MessageBatch batch);
}
