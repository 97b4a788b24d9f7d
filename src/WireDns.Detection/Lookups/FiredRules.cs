using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WireDns.Detection.Lookups;

/// <summary>The rules that a lookup was a hit of, by their numbers and in the order of the hits; the first few without memory of their own.</summary>
internal struct FiredRules
{
    private Few _few;
    private int[]? _many;
    private int _count;

    /// <summary>Adds a rule. False where it is among them.</summary>
    public bool TryAdd(int rule)
    {
        if (Rules.Contains(rule))
        {
            return false;
        }

        if (_count == (_many?.Length ?? Few.Length))
        {
            var more = new int[_count * 2];
            Rules.CopyTo(more);
            _many = more;
        }

        if (_many is null)
        {
            _few[_count++] = rule;
        }
        else
        {
            _many[_count++] = rule;
        }

        return true;
    }

    /// <summary>The rules.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<int> Rules => _many is null ? ((ReadOnlySpan<int>)_few)[.._count] : _many.AsSpan(0, _count);

    [InlineArray(Length)]
    private struct Few
    {
        public const int Length = 4;
        private int _first;
    }
}
