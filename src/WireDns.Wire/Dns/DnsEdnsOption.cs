namespace WireDns.Wire.Dns;

/// <summary>An EDNS option: a view over the OPT record.</summary>
public readonly ref struct DnsEdnsOption
{
    internal DnsEdnsOption(DnsEdnsOptionCode code, ReadOnlySpan<byte> data)
    {
        Code = code;
        Data = data;
    }

    /// <summary>What the option is; any value may occur.</summary>
    public DnsEdnsOptionCode Code { get; }

    /// <summary>The option's data as it stands; 0 to 65,531 bytes.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
