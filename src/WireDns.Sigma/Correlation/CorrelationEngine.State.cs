namespace WireDns.Sigma.Correlation;

/// <content>What a later process can go on with.</content>
public sealed partial class CorrelationEngine
{
    internal UInt128 Seed => _seed;

    internal CorrelationTable[] Tables => _tables;

    /// <summary>Begins to write what was counted, for an engine of a later process. The counters are not part of it.</summary>
    /// <param name="writeState">Writes <see cref="CorrelationEpisode.State"/>.</param>
    public CorrelationSaving Save(Action<BinaryWriter, object?> writeState) => new(this, writeState);

    /// <summary>
    /// Begins to read what another engine has written. As with <see cref="Follow"/>, correlations whose content is the same go on with it, and the others begin
    /// anew. Call it before anything is observed; where reading fails, the engine cannot be used any more.
    /// </summary>
    /// <param name="tagOf">The tag of today in place of a tag of then.</param>
    /// <param name="readState">Reads <see cref="CorrelationEpisode.State"/>, given the index of the correlation.</param>
    public CorrelationRestoring Restore(Func<long, long> tagOf, Func<BinaryReader, int, object?> readState) => new(this, tagOf, readState);

    /// <summary>Makes the keys of groups under this secret.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_groups), nameof(_values))]
    internal void Use(UInt128 seed)
    {
        _seed = seed;
        _groups = new FieldCombinations(_text, seed, _limits.MaximumGroupsPerEvent);
        _values = new FieldCombinations(_text, seed, _limits.MaximumGroupsPerEvent);
    }
}
