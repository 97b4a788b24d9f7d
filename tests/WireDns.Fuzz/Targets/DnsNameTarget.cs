using WireDns.Wire.Dns;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as octets full of names: the first octet says where one starts. Compares it with the plain way, with itself in other
/// letters, and with a second name.
/// </summary>
internal sealed class DnsNameTarget : FuzzTarget
{
    private readonly NameInspector _inspector = new();
    private readonly byte[] _message;
    private readonly byte[] _wire = new byte[DnsName.MaximumWireLength];
    private readonly byte[] _otherWire = new byte[DnsName.MaximumWireLength];
    private readonly byte[] _flipped = new byte[DnsHeader.LengthInBytes + DnsName.MaximumWireLength];

    public DnsNameTarget() => _message = new byte[DnsHeader.LengthInBytes + MaximumLength];

    public override string Name => "name";

    public override int MaximumLength => 600;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        if (input.Length < 2)
        {
            return;
        }

        var octets = input[1..];
        octets.CopyTo(_message.AsSpan(DnsHeader.LengthInBytes));
        var message = _message.AsSpan(0, DnsHeader.LengthInBytes + octets.Length);
        var offset = DnsHeader.LengthInBytes + (input[0] * octets.Length / 256);
        var isSound = DnsName.TryRead(message, offset, out var name, out var next, out var error);
        Invariant.Holds(isSound == error.IsReadable(), "a name is read or has a fault");
        Invariant.Holds(next >= 0 && next <= message.Length, "a name ends in the message");
        features.Add(1, (ulong)error);
        features.AddMagnitude(2, name.LabelCount);
        features.AddMagnitude(3, name.WireLength);
        if (!isSound)
        {
            Invariant.Holds(!_inspector.IsSound(message, offset, message.Length, out _), "a name is refused for a reason");
            _inspector.InspectForms(in name);
            return;
        }

        Invariant.Holds(_inspector.Inspect(message, offset, message.Length, in name) == next, "a name ends where it ends");
        features.Add(6, (uint)name.LabelCount | ((ulong)(uint)(next - offset) << 8));
        features.Add(4, (name.TryGetWire(out _) ? 1UL : 0) | ((ulong)(next - offset == name.WireLength ? 1 : 0) << 1));
        InspectFlipped(in name);
        if (DnsName.TryRead(message, DnsHeader.LengthInBytes, out var other, out _, out _))
        {
            InspectPair(in name, in other, features);
        }
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        foreach (var message in capture.Messages)
        {
            if (message.Length > DnsHeader.LengthInBytes + 1)
            {
                seeds.Add([0, .. message.AsSpan(DnsHeader.LengthInBytes)]);
                seeds.Add([128, .. message.AsSpan(DnsHeader.LengthInBytes)]);
            }
        }
    }

    // The same name with the case of every letter swapped, in one run.
    private void InspectFlipped(in DnsName name)
    {
        var length = name.WriteWire(_flipped.AsSpan(DnsHeader.LengthInBytes));
        foreach (ref var octet in _flipped.AsSpan(DnsHeader.LengthInBytes, length))
        {
            octet ^= char.IsAsciiLetter((char)octet) ? (byte)0x20 : (byte)0;
        }

        var isSound = DnsName.TryRead(
            _flipped.AsSpan(0, DnsHeader.LengthInBytes + length), DnsHeader.LengthInBytes, out var flipped, out var next, out _);
        Invariant.Holds(isSound && next == DnsHeader.LengthInBytes + length, "a name in wire form is sound");
        Invariant.Holds(name.EqualsIgnoreCase(in flipped) && flipped.EqualsIgnoreCase(in name), "letters have no case");
        Invariant.Holds(name.HashIgnoreCase(1) == flipped.HashIgnoreCase(1), "a hash has no case");
    }

    private void InspectPair(in DnsName name, in DnsName other, FeatureMap features)
    {
        var left = Fold(_wire.AsSpan(0, name.WriteWire(_wire)));
        var right = Fold(_otherWire.AsSpan(0, other.WriteWire(_otherWire)));
        var isEqual = left.SequenceEqual(right);
        Invariant.Holds(name.EqualsIgnoreCase(in other) == isEqual, "names are equal where their octets are");
        Invariant.Holds(other.EqualsIgnoreCase(in name) == isEqual, "names are equal both ways");
        Invariant.Holds(!isEqual || name.HashIgnoreCase(7) == other.HashIgnoreCase(7), "equal names have equal hashes");
        features.Add(5, isEqual ? 1UL : 0);
    }

    private static Span<byte> Fold(Span<byte> wire)
    {
        foreach (ref var octet in wire)
        {
            octet = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet + 32) : octet;
        }

        return wire;
    }
}
