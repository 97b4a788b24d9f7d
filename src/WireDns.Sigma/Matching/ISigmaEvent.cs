namespace WireDns.Sigma.Matching;

/// <summary>
/// An event that rules are matched against. A struct implementation is compiled into the matching code without calls through the
/// interface.
/// </summary>
public interface ISigmaEvent
{
    /// <summary>How many values the field has; 0 if it is missing.</summary>
    public int CountValues(int fieldId);

    /// <summary>One of the field's values.</summary>
    /// <param name="fieldId">An id from the schema.</param>
    /// <param name="index">From 0 to <see cref="CountValues"/> − 1.</param>
    public FieldValue GetValue(int fieldId, int index);

    /// <summary>
    /// The octets of a value that is an IP address: 4 or 16, in network order. Empty if the value is no address, or the event has it only
    /// as text; <see cref="GetValue"/> gives the same address as text. Of a field of addresses (<see cref="FieldKind.Address"/>) events have all octets, or none.
    /// </summary>
    /// <param name="fieldId">An id from the schema.</param>
    /// <param name="index">From 0 to <see cref="CountValues"/> − 1.</param>
    public ReadOnlySpan<byte> GetAddress(int fieldId, int index);

    /// <summary>
    /// Whether each value of a field is an address whose octets <see cref="GetAddress"/> gives, or it has none; false also where that is not plain. A
    /// matcher that finds nothing in any address need not look at them.
    /// </summary>
    /// <param name="fieldId">An id from the schema.</param>
    public bool HasOnlyAddresses(int fieldId);

    /// <summary>
    /// A number that stands for all values of a field: where two events have the same, their values differ only in case, and are as many. 0 if
    /// there is none. Keep it secret from whoever chooses the values (<see cref="KeyedHash"/>).
    /// </summary>
    /// <param name="fieldId">An id from the schema.</param>
    public ulong GetIdentity(int fieldId);
}
