namespace WireDns.TestTraffic.Generation;

/// <summary>
/// One question of one client to one resolver: what the query and its response share. Reused for one lookup after
/// another.
/// </summary>
internal sealed class Lookup
{
    private readonly byte[] _name = new byte[255];
    private int _nameLength;

    /// <summary>Who asks.</summary>
    public Endpoint Client { get; set; }

    /// <summary>Who is asked.</summary>
    public Endpoint Resolver { get; set; }

    /// <summary>The message ID, RFC 1035 §4.1.1.</summary>
    public ushort Id { get; set; }

    /// <summary>A or AAAA.</summary>
    public ushort Type { get; set; }

    /// <summary>Whether query and response carry an OPT record, RFC 6891.</summary>
    public bool HasEdns { get; set; }

    /// <summary>Whether the OPT records, if any, carry a cookie, RFC 7873.</summary>
    public bool HasCookie { get; set; }

    /// <summary>Whether this is one of the lookups that a detector must report.</summary>
    public bool IsPlanted { get; set; }

    /// <summary>The name in wire form, its root label included; setting it copies.</summary>
    public ReadOnlySpan<byte> Name
    {
        get => _name.AsSpan(0, _nameLength);
        set
        {
            value.CopyTo(_name);
            _nameLength = value.Length;
        }
    }

    /// <summary>The name's octets, to change in place.</summary>
    public Span<byte> MutableName => _name.AsSpan(0, _nameLength);
}
