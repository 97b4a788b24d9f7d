namespace WireDns.Detection.Screening;

/// <summary>A set of rules, by their indices.</summary>
internal sealed class RuleBits(int rules)
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _words = new ulong[(rules + BitsPerWord - 1) / BitsPerWord];

    public void Add(int rule) => _words[rule / BitsPerWord] |= 1UL << (rule % BitsPerWord);

    public void AddAll() => _words.AsSpan().Fill(ulong.MaxValue);

    public bool Contains(int rule) => (_words[rule / BitsPerWord] & (1UL << (rule % BitsPerWord))) != 0;

    /// <summary>Whether a rule is in both.</summary>
    public bool Overlaps(RuleBits other)
    {
        for (var word = 0; word < _words.Length; word++)
        {
            if ((_words[word] & other._words[word]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public void CopyTo(RuleBits other) => _words.CopyTo(other._words, 0);
}
