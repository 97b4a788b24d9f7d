namespace WireDns.Wire.Net.Decoding;

/// <summary>Where the layers of one packet start, outermost first, as far as they are in the packet itself and not in what it completes.</summary>
internal sealed class LayerTrace
{
    private readonly List<LayerPlace> _places = [];
    private bool _isClosed;

    /// <summary>The layers.</summary>
    public IReadOnlyList<LayerPlace> Places => _places;

    /// <summary>Begins a packet.</summary>
    public void Begin()
    {
        _places.Clear();
        _isClosed = false;
    }

    /// <summary>Notes a step of the walk.</summary>
    public void Add(ReadOnlySpan<byte> packet, scoped in LayerCursor cursor)
    {
        _isClosed |= !packet.Overlaps(cursor.Bytes, out var offset);
        if (!_isClosed)
        {
            _places.Add(new LayerPlace(cursor.Layer, cursor.Type, offset, offset + cursor.Bytes.Length));
        }
    }
}

/// <summary>Where a layer is in a packet.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Type">The link type, EtherType or IP protocol, where the layer is that.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte after its last, as far as the layers around it say.</param>
internal readonly record struct LayerPlace(Layer Layer, int Type, int Start, int End);
