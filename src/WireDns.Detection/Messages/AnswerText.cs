using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>A record of the answer section: where its data is, and the texts that were written of it.</summary>
internal struct AnswerText
{
    public DnsRecordType Type;
    public DnsClass Class;
    public uint TimeToLive;
    public int DataOffset;
    public int DataLength;
    public TextRange Name;
    public TextRange Data;
}
