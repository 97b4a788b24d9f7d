namespace WireDns.Detection.Lookups;

/// <summary>Which directions of its links a mirror delivers, as far as the lookups tell.</summary>
public enum MirroredDirections
{
    /// <summary>Too few lookups to say.</summary>
    Unknown,

    /// <summary>Most lookups were seen with query and response.</summary>
    Both,

    /// <summary>Most lookups were seen as queries alone.</summary>
    Queries,

    /// <summary>Most lookups were seen as responses alone.</summary>
    Responses,

    /// <summary>Most lookups were seen in one direction, in some of them the query and in others the response.</summary>
    EitherOfThem,
}
