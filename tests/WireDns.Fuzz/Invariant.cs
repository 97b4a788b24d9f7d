using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WireDns.Fuzz;

/// <summary>What must hold.</summary>
internal static class Invariant
{
    /// <summary>Throws unless the condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="rule">What must hold, in a few words: findings with one rule count as one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition)
        {
            Throw(rule);
        }
    }

    [DoesNotReturn]
    private static void Throw(string rule) => throw new InvariantException(rule);
}
