using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace WireDns.Wire.Dns;

/// <summary>A question (RFC 1035 §4.1.2), or the zone of an UPDATE (RFC 2136 §2.3): a view over the message.</summary>
public ref struct DnsQuestion
{
    /// <summary>Type and class after the name, in bytes.</summary>
    internal const int FixedLength = 4;

    private DnsName _name;

    /// <summary>The name asked for.</summary>
    [UnscopedRef]
    public readonly ref readonly DnsName Name => ref _name;

    /// <summary>The type asked for; any value may occur.</summary>
    public DnsRecordType Type { readonly get; private set; }

    /// <summary>The class asked for; any value may occur. In multicast DNS without its top bit, which is <see cref="WantsUnicast"/>.</summary>
    public DnsClass Class { readonly get; private set; }

    /// <summary>In multicast DNS: whether the sender would rather have a unicast response (RFC 6762 §5.4).</summary>
    public bool WantsUnicast { readonly get; private set; }

    /// <summary>Where the question starts, in bytes from the start of the message.</summary>
    public int Offset { readonly get; private set; }

    /// <summary>Reads the class as multicast DNS has it.</summary>
    internal void TakeMulticastBit()
    {
        WantsUnicast = ((ushort)Class & DnsMulticast.TopBit) != 0;
        Class = (DnsClass)((ushort)Class & ~DnsMulticast.TopBit);
    }

    /// <summary>Reads the question at <paramref name="offset"/>. Filled in place: copying views costs more than reading them.</summary>
    internal static DnsError Read(ReadOnlySpan<byte> message, int offset, out DnsQuestion question, out int next)
    {
        question = default;
        var error = DnsName.Read(message, offset, message.Length, out question._name, out next);
        if (!error.IsReadable())
        {
            return offset == message.Length ? DnsError.QuestionMissing : error;
        }

        if (message.Length - next < FixedLength)
        {
            next = message.Length;
            return DnsError.QuestionCut;
        }

        var typeAndClass = BinaryPrimitives.ReadUInt32BigEndian(message[next..]);
        question.Type = (DnsRecordType)(typeAndClass >> 16);
        question.Class = (DnsClass)(ushort)typeAndClass;
        question.Offset = offset;
        next += FixedLength;
        return error;
    }
}
