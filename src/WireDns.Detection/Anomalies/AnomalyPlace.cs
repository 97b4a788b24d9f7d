using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Anomalies;

/// <summary>Where an anomaly is: a copy that outlives its packet. Immutable.</summary>
public sealed class AnomalyPlace
{
    private readonly PayloadOrigin _origin;

    internal AnomalyPlace(in Anomaly anomaly, PacketSource source)
    {
        (Kind, Reason, Known, Source) = (anomaly.Kind, anomaly.Reason, anomaly.Known, source);
        _origin.CopyFrom(anomaly.Origin);
    }

    /// <inheritdoc cref="Anomaly.Kind"/>
    public AnomalyKind Kind { get; }

    /// <inheritdoc cref="Anomaly.Reason"/>
    public string Reason { get; }

    /// <inheritdoc cref="Anomaly.Known"/>
    public KnownEnds Known { get; }

    /// <summary>The file or the interface.</summary>
    public PacketSource Source { get; }

    /// <inheritdoc cref="Anomaly.Origin"/>
    public ref readonly PayloadOrigin Origin => ref _origin;
}

/// <summary>
/// The first places of each reason for an anomaly, so that the reader of a summary can go and look. Bounded, since the reasons are members
/// of enumerations.
/// </summary>
internal sealed class FirstPlaces
{
    /// <summary>How many places are kept per reason.</summary>
    public const int PerReason = 3;

    private readonly Dictionary<(AnomalyKind Kind, string Reason), List<AnomalyPlace>> _places = [];

    /// <summary>All places; those of one reason in the order in which they were found.</summary>
    public IReadOnlyList<AnomalyPlace> ToList() => [.. _places.Values.SelectMany(places => places)];

    /// <summary>Takes an anomaly; keeps its place if it is one of the first.</summary>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        var key = (anomaly.Kind, anomaly.Reason);
        if (!_places.TryGetValue(key, out var places))
        {
            _places.Add(key, places = []);
        }

        if (places.Count < PerReason)
        {
            places.Add(new AnomalyPlace(anomaly, source));
        }
    }

    /// <summary>The first places of two runs over sources that are numbered.</summary>
    public static IReadOnlyList<AnomalyPlace> Merge(IEnumerable<AnomalyPlace> first, IEnumerable<AnomalyPlace> second) =>
    [
        .. first.Concat(second).GroupBy(place => (place.Kind, place.Reason))
            .SelectMany(group => group.OrderBy(place => place.Source.Index).Take(PerReason)),
    ];
}
