using System.Buffers;
using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>A record as a value, its data as text.</summary>
internal sealed record DecodedRecord(
    DnsSection Section, string Name, DnsRecordType Type, DnsClass Class, uint TimeToLive, string Data)
{
    public static string TextOf(DnsRecord record)
    {
        var writer = new ArrayBufferWriter<byte>();
        DnsRecordData.WriteText(record, writer);
        return Encoding.ASCII.GetString(writer.WrittenSpan);
    }
}
