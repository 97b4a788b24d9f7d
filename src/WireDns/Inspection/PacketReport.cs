using System.Globalization;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>The whole report on a packet: what was captured, its layers, its outcome, its messages, and what the rules say.</summary>
internal sealed class PacketReport(ReportWriter writer, RuleReport? rules)
{
    /// <summary>Writes the report.</summary>
    public void Write(InspectedFrame frame)
    {
        WriteCapture(frame);
        writer.Title("Layers, as PacketDotNet reads them");
        new LayerReport(writer, frame).Write();
        WriteOutcome(frame);
        var place = 0;
        for (var i = 0; i < frame.Messages.Count && writer.IsOpen; i++)
        {
            WriteMessage(frame, i, ref place);
        }

        if (frame.Messages.Count == 0)
        {
            writer.Title("Octets");
            HexDump.Write(writer, frame.Data);
        }

        rules?.WriteAside();
    }

    private void WriteCapture(InspectedFrame frame)
    {
        writer.Line(new Part(Invariant($"Packet {frame.Number} of {frame.File}"), Style.Title));
        writer.Label("time", frame.Time.HasValue
            ? Invariant($"{frame.Time.ToDateTimeOffset():yyyy-MM-ddTHH:mm:ss}.{frame.Time.Nanoseconds % 1_000_000_000:D9}Z  ({frame.Time})")
            : "the capture has none for this packet");
        writer.Label("interface", Invariant($"{frame.InterfaceIndex}") + (frame.InterfaceName is null ? "" : $" \"{frame.InterfaceName}\""));
        writer.Label("link type", Invariant($"{(Enum.IsDefined(frame.LinkType) ? frame.LinkType : "unknown")} ({(int)frame.LinkType})"));
        var isCut = frame.OriginalLength > frame.Data.Length;
        writer.Label("length", Invariant($"{frame.Data.Length} octets captured, {frame.OriginalLength} on the wire"),
            new Part(isCut ? "  cut by the snap length" : "", Style.Fault));
    }

    private void WriteOutcome(InspectedFrame frame)
    {
        writer.Title("Outcome");
        var outcome = frame.Outcome;
        var counter = outcome.IsHeld ? "held for reassembly" : outcome.Counter + (outcome.Reason.Length > 0 ? ": " + outcome.Reason : "");
        writer.Label("counted as", new Part(counter, Style.Value),
            new Part(outcome.Describe() is { Length: > 0 } words ? $"  {words}" : "", Style.Faint));
        if (outcome.IsHeld && frame.Messages.Count == 0)
        {
            writer.Label("completed", frame.CompletedBy > 0
                ? Invariant($"by packet {frame.CompletedBy} (--frame {frame.CompletedBy} shows the message)")
                : "by no later packet that is known: the rest did not come, or came in a way that is not traced");
        }

        if (Flow(frame) is { } flow)
        {
            WriteFlow(flow);
        }

        writer.Label("messages", frame.Messages.Count == 0 ? "none is completed by this packet" : frame.Messages.Count.ToString(CultureInfo.InvariantCulture));
    }

    // Even for a datagram that is not DNS: it is decoded again with all ports selected, except those of the tunnels around it.
    private static InspectedMessage? Flow(InspectedFrame frame)
    {
        if (frame.Messages.Count > 0)
        {
            return frame.Messages[0];
        }

        var collector = new MessageCollector { IsCollecting = true };
        var every = Enumerable.Range(0, ushort.MaxValue + 1).Select(port => (ushort)port).Except(Encapsulations.UdpPorts.ToArray());
        var packet = new Packet
        {
            Data = frame.Data,
            OriginalLength = frame.OriginalLength,
            LinkType = frame.LinkType,
            Time = frame.Time,
            Number = frame.Number,
        };
        new Worker(collector, new PacketDecoderOptions { Ports = [.. every] }).Process(packet, PacketSource.OfFile(frame.File));
        return collector.Take() is [var first, ..] ? first : null;
    }

    private void WriteFlow(InspectedMessage flow)
    {
        writer.Label("flow", new Part($"{Endpoint(flow.Origin.Source, flow.Origin.SourcePort)} → {Endpoint(flow.Origin.Destination, flow.Origin.DestinationPort)}", Style.Value),
            flow.Origin.Transport == Transport.Udp ? " over UDP" : " over TCP");
        if (flow.Origin.VlanIds.Length > 0)
        {
            writer.Label("VLAN", List(flow.Origin.VlanIds.ToArray().Select(id => id.ToString(CultureInfo.InvariantCulture))));
        }

        if (flow.Origin.Tunnels.Length > 0)
        {
            writer.Label("tunnels", List(flow.Origin.Tunnels.ToArray().Select(tunnel => tunnel.Kind.ToName() + (tunnel.Id == 0 ? "" : Invariant($" id {tunnel.Id}")))));
        }
    }

    private void WriteMessage(InspectedFrame frame, int index, ref int place)
    {
        var message = frame.Messages[index];
        var verdict = ObservedMessage.ReaderOf(message.ToPayload()).Finish();
        writer.Title(Invariant($"DNS message {index + 1} of {frame.Messages.Count}, {message.Data.Length} octets")
            + (message.Origin.Transport == Transport.Udp ? " over UDP" : " over TCP"));
        writer.Label("from", $"{Endpoint(message.Origin.Source, message.Origin.SourcePort)} → {Endpoint(message.Origin.Destination, message.Origin.DestinationPort)}");
        writer.Label("packets", DescribePackets(frame, message, ref place));
        WriteVerdict(message, verdict);
        writer.Line();
        new MessageReport(writer, message).Write();
        rules?.Write(message, verdict);
    }

    private void WriteVerdict(InspectedMessage message, DnsMessageVerdict verdict)
    {
        writer.Label("verdict", verdict switch
        {
            { IsMalformed: true } => new Part($"malformed: {verdict.Error.ToReason()}" + (verdict.IsDelivered
                ? "; what stands before the fault is matched"
                : "; not matched: no question of it is sound"), Style.Fault),
            { IsIncomplete: true } => new Part("cut by the snap length" + (verdict.IsDelivered ? "; what is there is matched" : ""), Style.Fault),
            { TrailingBytes: > 0 } => new Part(Invariant($"sound, with {verdict.TrailingBytes} octets after it"), Style.Good),
            _ => new Part("sound", Style.Good),
        });
        if (message.Origin.HasOverlap)
        {
            writer.Label("overlap", new Part(
                "fragments or segments of it overlap with different octets: its receiver may have read another message", Style.Fault));
        }

        if (message.IsReleasedByEnd)
        {
            writer.Label("released", "by the end of the capture: what it waited for did not come");
        }
    }

    private static string List(IEnumerable<string> entries)
    {
        string[] all = [.. entries];
        return string.Join(", ", all) + (all.Length > 1 ? "  (outermost first)" : "");
    }

    private static string DescribePackets(InspectedFrame frame, InspectedMessage message, ref int place)
    {
        if (message.Packets.Count == 0)
        {
            return Invariant($"completed by {frame.Number}; which others hold parts of it is not known");
        }

        if (message.Packets is [var alone] && alone == frame.Number)
        {
            return alone.ToString(CultureInfo.InvariantCulture) + " alone" + DescribePlace(frame, message, ref place);
        }

        return "reassembled from " + string.Join(", ", message.Packets.Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    // Offsets in the message are its own; this says where it is in the packet.
    private static string DescribePlace(InspectedFrame frame, InspectedMessage message, ref int place)
    {
        for (var from = place; message.Data.Length > 0;)
        {
            var found = frame.Data.AsSpan(from).IndexOf(message.Data);
            if (found < 0)
            {
                return "";
            }

            found += from;
            if (IsBehindItsHeader(frame.Data, message, found))
            {
                place = found + message.Data.Length;
                return Invariant($", from octet {found} ({FieldTable.Hex(found)}) of the packet on");
            }

            from = found + 1;
        }

        return "";
    }

    // A message of zeros occurs in many places: the ports come before the right one, or on a stream its length.
    private static bool IsBehindItsHeader(byte[] packet, InspectedMessage message, int place)
    {
        int At(int offset) => offset < 0 ? -1 : (packet[offset] << 8) | packet[offset + 1];
        return message.Origin.Transport == Transport.Tcp
            ? At(place - 2) == message.Data.Length
            : At(place - 8) == message.Origin.SourcePort && At(place - 6) == message.Origin.DestinationPort;
    }

    private static string Endpoint(NetAddress address, ushort port) =>
        (address.IsIpv6 ? $"[{address}]:" : $"{address}:") + port.ToString(CultureInfo.InvariantCulture);
}
