namespace WireDns.Detection.Messages;

/// <summary>Where the parts of a name begin, as offsets into its text; −1 for a part that it does not have.</summary>
/// <param name="Domain">The registered domain: the public suffix and the label before it. A public suffix by itself has none.</param>
/// <param name="Suffix">The public suffix. The root has none.</param>
internal readonly record struct DomainParts(int Domain, int Suffix)
{
    /// <summary>Of a name without labels.</summary>
    public static DomainParts None => new(-1, -1);
}
