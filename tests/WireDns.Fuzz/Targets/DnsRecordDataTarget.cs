using System.Buffers.Binary;
using WireDns.Wire.Dns;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as a record's type, class and data, in a message whose question the data's names may point to. So every mutation changes
/// the data, and its presentation text is what is tested.
/// </summary>
internal sealed class DnsRecordDataTarget : FuzzTarget
{
    private const int FieldsLength = 2;

    // The types with a form of their own, and some without one.
    private const int Types = 280;

    private readonly MessageInspector _inspector = new();
    private readonly byte[] _message;
    private readonly int _start;

    public DnsRecordDataTarget()
    {
        byte[] prefix =
        [
            0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0,
            .. "\u0003www\u0007example\u0003com\0"u8, 0, 1, 0, 1,
            0xc0, 0x0c,
        ];
        _start = prefix.Length;
        _message = new byte[_start + 10 + MaximumLength];
        prefix.CopyTo(_message, 0);
    }

    public override string Name => "rdata";

    public override int MaximumLength => 1024;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        if (input.Length < FieldsLength)
        {
            return;
        }

        var data = input[FieldsLength..];
        var fixedPart = _message.AsSpan(_start);
        var type = BinaryPrimitives.ReadUInt16BigEndian(input);

        // The upper values stand for the numbers that are far from the others: TA, DLV and their neighbours.
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)(type % (Types + 8) is var small && small < Types ? small : 32768 + small - Types));
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[2..], (ushort)(type >= 0xf000 ? type : (ushort)DnsClass.IN));
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart[4..], (uint)data.Length);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[8..], (ushort)data.Length);
        data.CopyTo(fixedPart[10..]);
        _inspector.Inspect(_message.AsSpan(0, _start + 10 + data.Length), features);
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        foreach (var message in capture.Messages)
        {
            var reader = new DnsMessageReader(message);
            while (reader.TryReadRecord(out var record))
            {
                if ((int)record.Type < Types && record.Data.Length <= MaximumLength - FieldsLength)
                {
                    seeds.Add([(byte)((int)record.Type >> 8), (byte)record.Type, .. record.Data]);
                }
            }
        }
    }
}
