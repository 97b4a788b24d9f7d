namespace WireDns.Detection.Lookups;

/// <summary>Lookups by the directions that were seen of them.</summary>
/// <param name="Complete">Query and response were seen.</param>
/// <param name="QueriesAlone">The query was seen, and for 10 s (or until the input ended) no response.</param>
/// <param name="ResponsesAlone">The response was seen, and no query.</param>
/// <param name="Waiting">Queries of the last 10 s: the response may still come. 0 once the input has ended.</param>
/// <param name="GivenUpEarly">Of those seen in one direction: given up before 10 s, because others of the same address, port and id came, or too many at once.</param>
public readonly record struct LookupCounts(long Complete, long QueriesAlone, long ResponsesAlone, long Waiting, long GivenUpEarly)
{
    // Fewer say nothing: a capture may start and end within lookups.
    private const int LeastLookups = 20;

    // One direction is said to be missing, and not both here and there, where it is so for that many times more lookups.
    private const int Preponderance = 4;

    /// <summary>Lookups of which it is known which directions were seen.</summary>
    public long Total => Complete + QueriesAlone + ResponsesAlone;

    /// <summary>What the counts say of the mirror: at least 20 lookups, more than half of them one-sided, are needed to find fault with it.</summary>
    public MirroredDirections Verdict => Total < LeastLookups ? MirroredDirections.Unknown
        : (QueriesAlone + ResponsesAlone) * 2 <= Total ? MirroredDirections.Both
        : QueriesAlone >= ResponsesAlone * Preponderance ? MirroredDirections.Queries
        : ResponsesAlone >= QueriesAlone * Preponderance ? MirroredDirections.Responses
        : MirroredDirections.EitherOfThem;
}

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
