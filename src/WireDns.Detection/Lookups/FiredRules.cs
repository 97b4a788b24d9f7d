using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WireDns.Detection.Lookups;

/// <summary>The rules that a lookup was a hit of, by their numbers and in the order of the hits; the first few without memory of their own.</summary>
internal struct FiredRules
{
    private Few _few;
    private int[]? _many;
    private int _count;

    // A bit for each of the first rules: its hit was not correlated.
    private uint _shed;

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

    /// <summary>The hit of the rule that was added last was not correlated. Only of the first 32 rules this is remembered.</summary>
    public void NoteShed() => _shed |= _count <= 32 ? 1u << (_count - 1) : 0;

    /// <summary>Whether the hit of a rule is known not to have been correlated.</summary>
    /// <param name="index">Its place among <see cref="Rules"/>.</param>
    public readonly bool WasShed(int index) => index < 32 && (_shed & (1u << index)) != 0;

    /// <summary>The rules before the last one whose hits were correlated.</summary>
    /// <param name="room">Where they are put if they do not stand together.</param>
    [UnscopedRef]
    public readonly ReadOnlySpan<int> CorrelatedBeforeLast(ref int[] room)
    {
        var before = Rules[..^1];
        if (_shed == 0)
        {
            return before;
        }

        Array.Resize(ref room, Math.Max(room.Length, before.Length));
        var count = 0;
        for (var index = 0; index < before.Length; index++)
        {
            if (!WasShed(index))
            {
                room[count++] = before[index];
            }
        }

        return room.AsSpan(0, count);
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
