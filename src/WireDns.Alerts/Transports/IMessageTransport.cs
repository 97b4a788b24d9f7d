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

    /// <summary>
    /// Stores what was accepted and is not stored yet, after the last batch. May be called again after a failure that may pass. Does nothing by default.
    /// </summary>
    /// <returns>Why it could not, or <see cref="SendOutcome.Done"/>.</returns>
    public SendOutcome Finish() => SendOutcome.Done;

    /// <summary>Messages that were accepted and are not stored: they are lost if <see cref="Finish"/> fails for good. Default: 0.</summary>
    public long Unstored => 0;

    /// <summary>Begins a new file before the next message, if messages go to files. Any thread may ask. Does nothing by default.</summary>
    public void Rotate()
    {
    }
}

/// <summary>A transport that sends messages again when it does not know whether they arrived.</summary>
public interface IRepeatingTransport : IMessageTransport
{
    /// <summary>
    /// Messages since the start that may have arrived before they were sent again: the most that can be there twice because of this. Any thread may ask.
    /// </summary>
    public long Repeated { get; }
}
