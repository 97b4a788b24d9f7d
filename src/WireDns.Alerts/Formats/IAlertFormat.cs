using System.Buffers;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Turns an alert into the bytes of one message. The message has no terminator: a stream needs one and a datagram does not, so it
/// is the sink's to add. Implementations hold no state that two calls share, and any thread may use them.
/// </summary>
public interface IAlertFormat
{
    /// <summary>Appends the message for <paramref name="alert"/> to <paramref name="output"/>.</summary>
    public void Write(Alert alert, IBufferWriter<byte> output);
}
