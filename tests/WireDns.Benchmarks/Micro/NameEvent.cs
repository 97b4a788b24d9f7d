using WireDns.Sigma.Matching;

namespace WireDns.Benchmarks.Micro;

/// <summary>An event of one field: the name.</summary>
internal sealed class NameEvent : ISigmaEvent
{
    /// <summary>The name.</summary>
    public byte[] Name { get; set; } = [];

    /// <inheritdoc/>
    public int CountValues(int fieldId) => 1;

    /// <inheritdoc/>
    public FieldValue GetValue(int fieldId, int index) => FieldValue.FromText(Name);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => default;

    /// <inheritdoc/>
    public bool HasOnlyAddresses(int fieldId) => false;

    /// <inheritdoc/>
    public ulong GetIdentity(int fieldId) => 0;
}
