using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>Keeps the messages that a packet completes.</summary>
internal sealed class MessageCollector : IMessageConsumer
{
    private readonly List<InspectedMessage> _messages = [];

    /// <summary>Whether messages are kept.</summary>
    public bool IsCollecting { get; set; }

    /// <summary>Whether a message of a stream was delivered since this was last set to false.</summary>
    public bool HasSeenStream { get; set; }

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        HasSeenStream |= message.Payload.Transport == Transport.Tcp;
        if (IsCollecting)
        {
            _messages.Add(new InspectedMessage(message.Payload));
        }
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        // The caller takes what was collected, even after the end.
    }

    /// <summary>Returns what was collected, and forgets it.</summary>
    public IReadOnlyList<InspectedMessage> Take()
    {
        InspectedMessage[] taken = [.. _messages];
        _messages.Clear();
        return taken;
    }
}
