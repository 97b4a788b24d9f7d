using WireDns.Wire.Framing;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// The payloads that a packet completed: none for most packets, one for a datagram, any number for a segment. Read it to its end before
/// the decoder is given the next packet; what it yields is valid until then.
/// </summary>
public ref struct PayloadReader
{
    /// <summary>In the place of a view's transport: the packet could not be decoded.</summary>
    internal const Transport Undecodable = (Transport)byte.MaxValue;

    private readonly PacketDecoder _decoder;
    private readonly bool _isOpen;
    private ReadOnlySpan<byte> _view;
    private Transport _viewTransport;

    internal PayloadReader(PacketDecoder decoder, ReadOnlySpan<byte> view, Transport viewTransport, bool isOpen)
    {
        _decoder = decoder;
        _view = view;
        _viewTransport = viewTransport;
        _isOpen = isOpen;
    }

    /// <summary>Takes the next payload.</summary>
    /// <param name="payload">The payload: a view over the packet, or over the decoder's memory.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(out TransportPayload payload)
    {
        if (_viewTransport == Transport.Udp)
        {
            _viewTransport = default;
            payload = _decoder.Describe(_view, Transport.Udp);
            return true;
        }

        if (_viewTransport == Transport.Tcp)
        {
            var message = MessageFraming.Take(ref _view);
            _viewTransport = _view.IsEmpty ? default : Transport.Tcp;
            payload = _decoder.DescribeNext(message);
            return true;
        }

        if (_isOpen)
        {
            return _decoder.TryTake(out payload);
        }

        payload = default;
        return false;
    }

    /// <summary>Takes what is known of the packet where it could not be decoded: once, after the last payload.</summary>
    /// <param name="packet">The packet. Valid until the decoder is given the next one.</param>
    /// <returns>Whether the packet counts as undecodable.</returns>
    public bool TryReadUndecodable(out UndecodablePacket packet)
    {
        if (_viewTransport != Undecodable)
        {
            packet = default;
            return false;
        }

        _viewTransport = default;
        packet = _decoder.DescribeUndecodable();
        return true;
    }
}
