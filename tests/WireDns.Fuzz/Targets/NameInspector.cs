using WireDns.Fuzz.Reference;
using WireDns.Wire.Dns;

namespace WireDns.Fuzz.Targets;

/// <summary>Compares names with what the plain way makes of the same octets.</summary>
internal sealed class NameInspector
{
    private readonly byte[] _expectedWire = new byte[ReferenceName.MaximumLength];
    private readonly byte[] _wire = new byte[ReferenceName.MaximumLength];
    private readonly byte[] _expectedText = new byte[DnsName.MaximumTextLength];
    private readonly byte[] _text = new byte[DnsName.MaximumTextLength];

    /// <summary>Whether the plain way finds a sound name, and where it ends.</summary>
    public bool IsSound(ReadOnlySpan<byte> message, int offset, int end, out int next) =>
        ReferenceName.TryExpand(message, offset, end, _expectedWire, out _, out next);

    /// <summary>Checks a name that was read at a known place.</summary>
    /// <returns>Where the plain way says that the name ends.</returns>
    public int Inspect(ReadOnlySpan<byte> message, int offset, int end, in DnsName name)
    {
        Invariant.Holds(
            ReferenceName.TryExpand(message, offset, end, _expectedWire, out var length, out var next), "a name is sound for both readers");
        InspectForms(in name);
        Invariant.Holds(_wire.AsSpan(0, name.WireLength).SequenceEqual(_expectedWire.AsSpan(0, length)), "a name has the same wire form");
        return next;
    }

    /// <summary>Checks that the forms of a name fit each other.</summary>
    public void InspectForms(in DnsName name)
    {
        var length = name.WriteWire(_wire);
        var wire = _wire.AsSpan(0, length);
        Invariant.Holds(length == name.WireLength, "a name's wire form is as long as said");
        Invariant.Holds(ReferenceName.CountLabels(wire) == name.LabelCount, "a name has as many labels as said");
        Invariant.Holds(name.IsRoot == (length == 1), "the root alone has no labels");
        Invariant.Holds(!name.TryGetWire(out var view) || view.SequenceEqual(wire), "a view of the wire form is the wire form");

        var textLength = name.WriteText(_text);
        var text = _text.AsSpan(0, textLength);
        var expected = _expectedText.AsSpan(0, ReferenceName.WriteText(wire, _expectedText));
        Invariant.Holds(text.SequenceEqual(expected), "a name has the same text");

        // A destination that is just long enough, and one that is not.
        Invariant.Holds(name.TryWriteText(_expectedText.AsSpan(0, textLength), out var written) && written == textLength, "a text fits where it fits");
        Invariant.Holds(!name.TryWriteText(_expectedText.AsSpan(0, textLength - 1), out written) && written == 0, "a text does not fit where it does not");
        Invariant.Holds(name.EqualsIgnoreCase(in name), "a name equals itself");
    }
}
