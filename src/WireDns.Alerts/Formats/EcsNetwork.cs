using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Who talked to whom (ECS field sets <c>source</c>, <c>destination</c>, <c>client</c>, <c>server</c>, <c>network</c>, <c>related</c>). The
/// source is the client and the destination the server for responses too, as the schema wants for both directions of one exchange.
/// </summary>
internal static class EcsNetwork
{
    public static void Write(MemberWriter json, Alert alert)
    {
        if (alert.Client.Address.Length > 0)
        {
            WriteEndpoint(json, "source"u8, alert.Client, BytesOf(alert, isResponse: false));
        }

        if (alert.Server.Address.Length > 0)
        {
            WriteEndpoint(json, "destination"u8, alert.Server, BytesOf(alert, isResponse: true));
        }

        if (!ReferenceEquals(alert.Message, AlertMessage.None))
        {
            WriteEndpoint(json, "client"u8, alert.Client);
            WriteEndpoint(json, "server"u8, alert.Server);
        }

        WriteNetwork(json, alert);
        json.Writer.WriteStartObject("related"u8);
        string[] addresses = [alert.Client.Address, alert.Server.Address, .. alert.Message.ResolvedAddresses];
        json.Texts("ip"u8, [.. addresses.Where(IsAddress).Distinct()]);
        json.Texts("hosts"u8, alert.Message.QuestionName is { } name ? [name] : alert.Repeats?.Names ?? []);
        json.Writer.WriteEndObject();
    }

    /// <summary>
    /// Whether a field of type <c>ip</c> would accept the text: otherwise an index refuses the whole document. Only canonical texts pass:
    /// no shorthands (127.1), octal numbers or zone ids.
    /// </summary>
    public static bool IsAddress(string text) => IPAddress.TryParse(text, out var address)
        && string.Equals(address.ToString(), text, StringComparison.OrdinalIgnoreCase)
        && (address.AddressFamily == AddressFamily.InterNetwork || address.ScopeId == 0);

    /// <summary>What the message's sender has sent with it; nothing is known of the other one.</summary>
    private static long? BytesOf(Alert alert, bool isResponse) =>
        alert.Message.LengthInOctets > 0 && alert.Message.IsResponse == isResponse ? alert.Message.LengthInOctets : null;

    private static void WriteEndpoint(MemberWriter json, ReadOnlySpan<byte> name, AlertEndpoint endpoint, long? octets = null)
    {
        json.Writer.WriteStartObject(name);
        json.Text("address"u8, endpoint.Address);
        json.Text("ip"u8, IsAddress(endpoint.Address) ? endpoint.Address : null);
        json.Number("port"u8, endpoint.Port == AlertEndpoint.UnknownPort ? null : endpoint.Port);
        json.Number("bytes"u8, octets);
        json.Writer.WriteEndObject();
    }

    private static void WriteNetwork(MemberWriter json, Alert alert)
    {
        json.Writer.WriteStartObject("network"u8);
        json.Text("transport"u8, alert.Transport);
        json.Text("protocol"u8, ReferenceEquals(alert.Message, AlertMessage.None) ? null : "dns");
        json.Text("type"u8, alert.Client.Address.Length == 0 ? null : alert.Client.Address.Contains(':') ? "ipv6" : "ipv4");
        json.Text("community_id"u8, alert.CommunityId);
        if (alert.VlanIds.Count > 0)
        {
            WriteVlan(json, alert.VlanIds[0]);
        }

        if (alert.VlanIds.Count > 1)
        {
            json.Writer.WriteStartObject("inner"u8);
            WriteVlan(json, alert.VlanIds[1]);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndObject();
    }

    /// <summary>The schema's VLAN id is a keyword: text.</summary>
    private static void WriteVlan(MemberWriter json, int id)
    {
        json.Writer.WriteStartObject("vlan"u8);
        json.Text("id"u8, id.ToString(CultureInfo.InvariantCulture));
        json.Writer.WriteEndObject();
    }
}
