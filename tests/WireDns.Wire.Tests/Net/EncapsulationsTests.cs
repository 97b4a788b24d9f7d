using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;
using WireDns.Wire.Net.Tunnels;

namespace WireDns.Wire.Tests.Net;

/// <summary>The capture filter is made from the decoders' own lists.</summary>
public sealed class EncapsulationsTests
{
    [Fact]
    public void Has_every_EtherType_that_the_decoder_follows_and_no_other()
    {
        var listed = Encapsulations.EtherTypes.ToArray().Concat(Encapsulations.VlanEtherTypes.ToArray()).Append(EtherType.Ipv4).Append(EtherType.Ipv6);

        var followed = Enumerable.Range(EtherType.Minimum, 0x10000 - EtherType.Minimum).Select(type => (ushort)type).Where(IsFollowed);

        Assert.Equal(followed.Order(), listed.Order());

        // What the decoder skips keeps its type.
        static bool IsFollowed(ushort type) => !TagHeader.TryRead(type, new byte[64], out var tag, out _) || tag.Next != Layer.Other || tag.Type != type;
    }

    [Fact]
    public void Tells_VLAN_tags_from_the_rest() => Assert.Equal(
        Encapsulations.VlanEtherTypes.ToArray(),
        Enumerable.Range(0, 0x10000).Select(type => (ushort)type).Where(EtherType.IsVlan));

    [Fact]
    public void Has_every_IP_protocol_that_the_decoder_follows_and_no_other()
    {
        // Layer 2 tunnelling of version 3 with a session id, in front of a frame; the others accept whatever is in it, or fail.
        byte[] payload = [0, 0, 0, 1, .. new byte[12], 8, 0, 0x45, .. new byte[40]];
        var followed = Enumerable.Range(0, 256).Where(protocol =>
            protocol == IpProtocol.Mpls || protocol == IpProtocol.AuthenticationHeader
            || (protocol != IpProtocol.EncapsulatingSecurityPayload
                && IpTunnelHeader.TryRead(protocol, payload, out _, out _) != TunnelReading.NotATunnel));

        Assert.Equal(followed, Encapsulations.IpProtocols.ToArray().Select(protocol => (int)protocol).Order());
    }

    [Fact]
    public void Has_every_extension_header_of_IPv6_and_no_other() => Assert.Equal(
        Enumerable.Range(0, 256).Where(header => header == IpProtocol.Fragment || ExtensionHeader.Is(header, isIpv6: true)),
        Encapsulations.Ipv6ExtensionHeaders.ToArray().Append(IpProtocol.AuthenticationHeader).Select(header => (int)header).Order());
}
