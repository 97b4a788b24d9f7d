using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using WireDns.Alerts.Privacy;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Evidence;

/// <summary>Finds the addresses of clients in the octets of DNS messages: in address records, client-subnet options, names and other data.</summary>
/// <param name="privacy">Which addresses are hidden, and how.</param>
internal sealed class HiddenMessages(ClientPrivacy privacy)
{
    private const int FamilyIpv4 = 1; // IANA "Address Family Numbers", RFC 7871 §6
    private const int FamilyIpv6 = 2;
    private const int SubnetHeader = 4;

    private readonly ArrayBufferWriter<byte> _text = new(512);

    /// <summary>Whether a message has no address of a client.</summary>
    public bool IsClean(ReadOnlySpan<byte> message, NetAddress client)
    {
        var edits = new List<(int, byte[])>();
        return TryFind(message, 0, client, edits) && edits.Count == 0;
    }

    /// <summary>Finds what must be replaced in a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="start">Where it is in what the edits are for.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="edits">Takes what is to be replaced.</param>
    /// <returns>False if an address is where it cannot be replaced, or the message cannot be read to its end: a name keeps its length only as it is.</returns>
    public bool TryFind(ReadOnlySpan<byte> message, int start, NetAddress client, List<(int Start, byte[] Bytes)> edits)
    {
        var asked = client.ToString();
        var reader = new DnsMessageReader(message);
        while (reader.TryReadQuestion(out var question))
        {
            if (!IsClean(question.Name.ToString(), asked))
            {
                return false;
            }
        }

        while (reader.TryReadRecord(out var record))
        {
            if (!IsClean(record.Name.ToString(), asked))
            {
                return false;
            }

            if (record.IsAddress)
            {
                Replace(record.Data, start + record.DataOffset, client, edits);
            }
            else if (DnsEdns.TryRead(record, out var edns))
            {
                if (!TryFindOptions(edns.Options, record.Data, start + record.DataOffset, edits))
                {
                    return false;
                }
            }
            else if (!IsClean(TextOf(record), asked))
            {
                return false;
            }
        }

        var verdict = reader.Finish();
        if (verdict.Error != DnsError.None || !reader.StatefulData.IsEmpty)
        {
            return false;
        }

        if (verdict.TrailingBytes > 0)
        {
            edits.Add((start + message.Length - verdict.TrailingBytes, new byte[verdict.TrailingBytes]));
        }

        return true;
    }

    private bool IsClean(string text, string client) => ReferenceEquals(privacy.Hide(text, client), text);

    private string TextOf(in DnsRecord record)
    {
        _text.ResetWrittenCount();
        DnsRecordData.WriteText(record, _text);
        return Encoding.ASCII.GetString(_text.WrittenSpan);
    }

    private void Replace(ReadOnlySpan<byte> address, int place, NetAddress client, List<(int Start, byte[] Bytes)> edits)
    {
        Span<byte> asked = stackalloc byte[16];
        client.WriteTo(asked);
        if (privacy.Addresses.IsClient(address, asked[..client.LengthInBytes]))
        {
            var hidden = address.ToArray();
            privacy.Addresses.Hide(hidden);
            edits.Add((place, hidden));
        }
    }

    /// <summary>A client subnet is hidden, whatever network it is in; options that may tell of a client in another way become zeros.</summary>
    private bool TryFindOptions(DnsEdnsOptions options, ReadOnlySpan<byte> data, int start, List<(int Start, byte[] Bytes)> edits)
    {
        while (options.MoveNext())
        {
            var option = options.Current;
            if (!data.Overlaps(option.Data, out var place))
            {
                continue; // it is empty
            }

            if (option.Code == DnsEdnsOptionCode.ClientSubnet)
            {
                edits.Add((start + place, HideSubnet(option.Data)));
            }
            else if (!IsHarmless(option.Code))
            {
                edits.Add((start + place, new byte[option.Data.Length]));
            }
        }

        return !options.IsMalformed;
    }

    private byte[] HideSubnet(ReadOnlySpan<byte> option)
    {
        var hidden = option.ToArray();
        var family = option.Length < SubnetHeader ? 0 : BinaryPrimitives.ReadUInt16BigEndian(option);
        var length = family == FamilyIpv4 ? 4 : family == FamilyIpv6 ? 16 : 0;
        var prefix = option.Length < SubnetHeader ? default : option[SubnetHeader..];
        if (length == 0 || prefix.Length > length)
        {
            Array.Clear(hidden);
            return hidden;
        }

        Span<byte> address = stackalloc byte[16];
        address = address[..length];
        prefix.CopyTo(address);
        privacy.Addresses.Hide(address);

        // The bits after the source's prefix are 0 (RFC 7871 §6).
        for (var bit = (int)option[2]; bit < prefix.Length * 8; bit++)
        {
            address[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        address[..prefix.Length].CopyTo(hidden.AsSpan(SubnetHeader));
        return hidden;
    }

    private static bool IsHarmless(DnsEdnsOptionCode code) => code is DnsEdnsOptionCode.Llq or DnsEdnsOptionCode.UpdateLease or DnsEdnsOptionCode.Nsid or DnsEdnsOptionCode.Dau
        or DnsEdnsOptionCode.Dhu or DnsEdnsOptionCode.N3u or DnsEdnsOptionCode.Expire or DnsEdnsOptionCode.Cookie or DnsEdnsOptionCode.TcpKeepalive or DnsEdnsOptionCode.Padding
        or DnsEdnsOptionCode.KeyTag or DnsEdnsOptionCode.ExtendedError or DnsEdnsOptionCode.ZoneVersion;
}
