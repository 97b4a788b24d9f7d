namespace WireDns.Sigma.Correlation;

/// <summary>What a <see cref="CorrelationEngine"/> keeps of an event.</summary>
/// <param name="Time">When it was, in nanoseconds since any moment that all events share.</param>
/// <param name="Id">Tells it from other events: hits of several rules with the same id are one event.</param>
/// <param name="Tag">Whatever the caller knows it again by; comes back in <see cref="CorrelationHit.Events"/>.</param>
public readonly record struct CorrelationEvent(long Time, long Id, long Tag);
