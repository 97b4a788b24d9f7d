using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.EvidenceFiles;

/// <summary>
/// The packets of an alert as a section of a pcapng file (draft-ietf-opsawg-pcapng), so that a file can be cut between any two alerts. Each packet has a comment with the
/// alert's id and rule, what the packet is, and its number in the capture. Comments are ASCII: text of rules and captures is escaped as in alerts.
/// </summary>
public sealed class EvidenceFormat : IMessageFormat
{
    private const uint SectionHeader = 0x0A0D_0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const ushort Comment = 1;
    private const ushort Application = 4; // shb_userappl
    private const ushort InterfaceName = 2; // if_name
    private const ushort TimeResolution = 9; // if_tsresol

    // An option's length has 16 bits; a comment that long helps nobody.
    private const int MaximumText = 2000;

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is AlertEvidence;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var evidence = (AlertEvidence)notification;
        var rule = evidence.Alert.Rule;
        var about = $"alert {evidence.Id}, rule \"{rule.Title}\"{(rule.Id is null ? "" : " " + rule.Id)}";
        var missing = evidence.Missing is null ? "" : $"; missing: {evidence.Missing}";

        // Byte order, version 1.0, and a length of the section that is not known.
        Block(output, SectionHeader, [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)], default, (Comment, about + missing), (Application, "WireDns"));
        var interfaces = new List<(int LinkType, string? Name)>();
        foreach (var packet in evidence.Packets)
        {
            if (!interfaces.Contains((packet.LinkType, packet.Interface)))
            {
                interfaces.Add((packet.LinkType, packet.Interface));
                Describe(output, packet);
            }
        }

        Span<byte> head = stackalloc byte[20];
        foreach (var packet in evidence.Packets)
        {
            var time = (ulong)(packet.UnixTimeNanoseconds ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(head, interfaces.IndexOf((packet.LinkType, packet.Interface)));
            BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)(time >> 32));
            BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)time);
            BinaryPrimitives.WriteInt32LittleEndian(head[12..], packet.Data.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[16..], packet.OriginalLength);
            var comment = string.Create(
                CultureInfo.InvariantCulture,
                $"{about}: {packet.Part}, packet {packet.Number}{(packet.UnixTimeNanoseconds is null ? ", without a time" : "")}{missing}");
            Block(output, EnhancedPacket, head, packet.Data.Span, (Comment, comment));
        }

        return true;
    }

    private static void Describe(IBufferWriter<byte> output, EvidencePacket packet)
    {
        Span<byte> head = stackalloc byte[8];
        head.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)packet.LinkType);
        Block(output, InterfaceDescription, head, default, (TimeResolution, null), (InterfaceName, packet.Interface));
    }

    /// <summary>A block: its type, its length before and after, a body that is padded to four octets, and options.</summary>
    private static void Block(IBufferWriter<byte> output, uint type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data, params ReadOnlySpan<(ushort Code, string? Text)> options)
    {
        var body = new ArrayBufferWriter<byte>(256 + data.Length);
        body.Write(head);
        body.Write(data);
        Pad(body);
        foreach (var (code, text) in options)
        {
            if (code == TimeResolution)
            {
                Option(body, code, [9]); // nanoseconds
            }
            else if (text is not null)
            {
                Option(body, code, Ascii(text));
            }
        }

        Option(body, 0, []); // opt_endofopt
        Number(output, type);
        Number(output, (uint)body.WrittenCount + 12);
        output.Write(body.WrittenSpan);
        Number(output, (uint)body.WrittenCount + 12);
    }

    private static void Option(ArrayBufferWriter<byte> body, ushort code, ReadOnlySpan<byte> value)
    {
        Number(body, code | ((uint)value.Length << 16));
        body.Write(value);
        Pad(body);
    }

    private static void Pad(ArrayBufferWriter<byte> body) => body.Write([.. new byte[-body.WrittenCount & 3]]);

    private static void Number(IBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static byte[] Ascii(string text)
    {
        var safe = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= MaximumText)
            {
                safe.Append("...");
                break;
            }

            safe.Append(rune.Value is >= ' ' and <= '~' ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}"));
        }

        return Encoding.ASCII.GetBytes(safe.ToString());
    }
}
