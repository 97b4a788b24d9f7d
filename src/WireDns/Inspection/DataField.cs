namespace WireDns.Inspection;

/// <summary>A field of record data: what the RFC of the type calls it, and its form.</summary>
internal readonly record struct DataField(string Name, DataFieldForm Form);
