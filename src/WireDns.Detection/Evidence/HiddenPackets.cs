using WireDns.Alerts.Privacy;
using WireDns.Wire;
using WireDns.Wire.Framing;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Rewriting;

namespace WireDns.Detection.Evidence;

/// <summary>Takes the addresses of clients out of packets that are kept of an alert.</summary>
/// <param name="privacy">Which addresses are hidden, and how.</param>
/// <param name="decoding">What is decoded.</param>
internal sealed class HiddenPackets(ClientPrivacy privacy, PacketDecoderOptions decoding)
{
    private readonly PacketRewriter _rewriter = new(decoding);
    private readonly HiddenMessages _messages = new(privacy);

    /// <summary>Whether a message has no address of a client, so that its packets can be kept whose parts of it cannot be read alone.</summary>
    public bool IsClean(ReadOnlySpan<byte> message, NetAddress client) => _messages.IsClean(message, client);

    /// <summary>Rewrites a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="bytes">The same bytes, which are rewritten. After a refusal they must not be used.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="content">What is known of its payload.</param>
    /// <returns>False if it cannot be done.</returns>
    public bool TryHide(scoped in Packet packet, Span<byte> bytes, NetAddress client, PayloadContent content) => _rewriter.TryRewrite(
        packet,
        bytes,
        address => Replace(address, client),
        (payload, transport, edits) => transport switch
        {
            Transport.Udp => _messages.TryFind(payload, 0, client, edits),
            _ when content == PayloadContent.Clean => true,
            Transport.Tcp when content == PayloadContent.WholeMessages => TryFindAll(payload, client, edits),
            _ => false,
        });

    private NetAddress Replace(NetAddress address, NetAddress client)
    {
        Span<byte> octets = stackalloc byte[16];
        Span<byte> asked = stackalloc byte[16];
        octets = octets[..address.LengthInBytes];
        address.WriteTo(octets);
        client.WriteTo(asked);
        if (!privacy.Addresses.IsClient(octets, asked[..client.LengthInBytes]))
        {
            return address;
        }

        privacy.Addresses.Hide(octets);
        return address.IsIpv6 ? NetAddress.FromIpv6(octets) : NetAddress.FromIpv4(octets);
    }

    private bool TryFindAll(ReadOnlySpan<byte> payload, NetAddress client, List<(int Start, byte[] Bytes)> edits)
    {
        for (var start = 0; start < payload.Length;)
        {
            var rest = payload[start..];
            if (rest.Length < MessageFraming.PrefixLength || MessageFraming.LengthOfFirst(rest) is var length && length > rest.Length
                || !_messages.TryFind(rest[MessageFraming.PrefixLength..length], start + MessageFraming.PrefixLength, client, edits))
            {
                return false;
            }

            start += length;
        }

        return true;
    }
}

/// <summary>What is known of the payload of a fragment or segment.</summary>
internal enum PayloadContent
{
    /// <summary>Nothing.</summary>
    Unknown,

    /// <summary>A message of a stream starts with it. Others may follow.</summary>
    WholeMessages,

    /// <summary>It is only of messages without an address of a client.</summary>
    Clean,
}
