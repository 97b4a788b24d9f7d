using WireDns.Wire;

namespace WireDns.Fuzz.Targets;

/// <summary>Link types by a number that fits an octet, so that mutations of it stay among them.</summary>
internal static class LinkTypes
{
    // One of them is known to no decoder.
    private static readonly LinkType[] All = [LinkType.Ethernet, .. Enum.GetValues<LinkType>().Where(type => type > LinkType.Ethernet || type == LinkType.Null), (LinkType)147];

    public static LinkType Get(byte number) => All[number % All.Length];

    public static byte IndexOf(LinkType type) => (byte)Math.Max(0, Array.IndexOf(All, type));
}
