namespace WireDns.Fuzz.Mutation;

/// <summary>An input that broke something, and what.</summary>
/// <param name="Input">The input, as small as it could be made.</param>
/// <param name="Failure">How it failed.</param>
/// <param name="Execution">Number of the execution that found it, from 1.</param>
internal sealed record Finding(byte[] Input, Exception Failure, long Execution)
{
    /// <summary>Findings with the same text count as one: the exception and where it was thrown.</summary>
    public string Signature => Sign(Failure);

    public static string Sign(Exception failure)
    {
        var where = failure.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("WireDns.", StringComparison.Ordinal))?.Trim();
        return failure is InvariantException ? failure.Message : $"{failure.GetType().Name}: {failure.Message} {where}";
    }
}
