using System.Buffers;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Turns what a sink delivers into the bytes of one message. The message has no terminator: a stream needs one and a datagram does not, so the
/// transport adds it. Implementations hold no state that two calls share, and any thread may use them.
/// </summary>
public interface IMessageFormat
{
    /// <summary>Whether the format has a form for this kind of notification. Its sink gets no other.</summary>
    public bool Takes(Notification notification);

    /// <summary>Appends the message for a notification that the format takes.</summary>
    /// <returns>False if the message is not whole: something was left out to keep it within its maximum length.</returns>
    public bool Write(Notification notification, IBufferWriter<byte> output);
}

/// <summary>Turns an alert, or an event of the sensor, into the bytes of one message.</summary>
public interface IAlertFormat : IMessageFormat
{
    /// <inheritdoc/>
    bool IMessageFormat.Takes(Notification notification) => notification is Alert or SensorEvent;

    /// <inheritdoc/>
    bool IMessageFormat.Write(Notification notification, IBufferWriter<byte> output) => notification switch
    {
        Alert alert => Write(alert, output),
        SensorEvent sensorEvent => Write(sensorEvent, output),
        _ => throw new InvalidOperationException("no alert format writes this"),
    };


    /// <summary>Appends the message for <paramref name="alert"/> to <paramref name="output"/>.</summary>
    /// <returns>False if the message is not whole: something was left out to keep it within its maximum length.</returns>
    public bool Write(Alert alert, IBufferWriter<byte> output);

    /// <summary>Appends the message for an event of the sensor to <paramref name="output"/>.</summary>
    /// <returns>False if the message is not whole.</returns>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output);
}

/// <summary>A format whose messages can be shortened, so that they fit as the text inside another format's.</summary>
public interface ICuttableFormat : IAlertFormat
{
    /// <summary>Appends as much of a message of this format as fits, in a form that a reader of the format understands.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="maximumLength">The most octets to append.</param>
    /// <param name="output">Where the shorter message goes.</param>
    /// <returns>Octets of the message that are left out.</returns>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output);
}
