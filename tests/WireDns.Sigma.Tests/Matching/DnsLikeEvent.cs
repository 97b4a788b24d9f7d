using System.Net;
using System.Text;
using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Tests.Matching;

/// <summary>An event like those of the packet path: a struct, a view over bytes.</summary>
internal readonly ref struct DnsLikeEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> firstAnswer, ReadOnlySpan<byte> secondAnswer) : ISigmaEvent
{
    private readonly ReadOnlySpan<byte> _name = name;
    private readonly ReadOnlySpan<byte> _firstAnswer = firstAnswer;
    private readonly ReadOnlySpan<byte> _secondAnswer = secondAnswer;

    /// <summary>The client; by default 192.0.2.1, as a text alone.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>Stands for the name; 0 for nothing.</summary>
    public ulong NameIdentity { get; init; }

    public int CountValues(int fieldId) => fieldId == DnsLikeSchema.Answer ? 2 : 1;

    public FieldValue GetValue(int fieldId, int index) => fieldId switch
    {
        DnsLikeSchema.Name => FieldValue.FromText(_name),
        DnsLikeSchema.Type => FieldValue.FromText("TXT"u8),
        DnsLikeSchema.TypeNumber => FieldValue.FromNumber(16),
        DnsLikeSchema.Answer => FieldValue.FromText(index == 0 ? _firstAnswer : _secondAnswer),
        _ => FieldValue.FromText(ClientAddress is null ? "192.0.2.1"u8 : Encoding.ASCII.GetBytes(ClientAddress.ToString())),
    };

    public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => fieldId == DnsLikeSchema.Client ? ClientAddress?.GetAddressBytes() : default;

    public bool HasOnlyAddresses(int fieldId) => false;

    public ulong GetIdentity(int fieldId) => fieldId == DnsLikeSchema.Name ? NameIdentity : 0;
}
