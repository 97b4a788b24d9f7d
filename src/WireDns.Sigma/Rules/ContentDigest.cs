using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Digests of what rules and correlations look for: the same for the same content, whatever the file, the place in it, the title and the rest of the
/// metadata. What was counted for a rule is kept over a reload as long as its digest stays. It may be stored: if another version
/// digests otherwise, nothing matches, and counting begins anew.
/// </summary>
internal struct ContentDigest
{
    private PlainHash _hash = new();

    public ContentDigest()
    {
    }

    /// <summary>The digest of a rule with its filters and with the values of its placeholders.</summary>
    public static UInt128 Of(SigmaRule rule)
    {
        var digest = new ContentDigest();
        digest.Add("rule");
        digest.Add(rule.LogSource.ToString());
        digest._hash.Add(rule.Detection.Digest);
        return digest._hash.Digest;
    }

    /// <summary>The digest of a detection. Takes time in proportion to its values.</summary>
    public static UInt128 Of(RuleNode root)
    {
        var digest = new ContentDigest();
        digest.Add(root);
        return digest._hash.Digest;
    }

    /// <summary>The digest of a correlation, and of the rules and correlations that it refers to.</summary>
    public static UInt128 Of(ResolvedCorrelation correlation)
    {
        var rule = correlation.Rule;
        var digest = new ContentDigest();
        digest.Add(rule.TypeText);
        digest.Add(rule.Condition.ToString());
        digest._hash.Add(new UInt128(BitConverter.DoubleToUInt64Bits(rule.Condition.Percentile), (ulong)rule.Timespan.Ticks));
        for (var source = 0; source < correlation.Sources.Count; source++)
        {
            digest._hash.Add(correlation.Sources[source] is { Rule: { } own } ? own.Digest : correlation.Sources[source].Correlation!.Digest);
            foreach (var origin in correlation.BaseRules.Where(origin => correlation.Reaches(source, origin)))
            {
                digest.Add(rule.GroupBy.Select(field => correlation.Resolve(field, source, origin)));
                digest.Add(rule.Condition.Fields.Select(field => correlation.Resolve(field, source, origin)));
            }
        }

        return digest._hash.Digest;
    }

    private void Add(RuleNode node)
    {
        switch (node)
        {
            case AllOf all:
                AddNodes("and", all.Nodes);
                break;
            case AnyOf any:
                AddNodes("or", any.Nodes);
                break;
            case Not not:
                AddNodes("not", [not.Node]);
                break;
            case SelectionUse use:
                Add(use.Selection.Node);
                break;
            case FieldMatch match:
                Add(match);
                break;
        }
    }

    private void AddNodes(string word, IReadOnlyList<RuleNode> nodes)
    {
        Add(word);
        _hash.Add((UInt128)nodes.Count);
        foreach (var node in nodes)
        {
            Add(node);
        }
    }

    private void Add(FieldMatch match)
    {
        Add(match.Field is null ? "keywords" : "field");
        Add(match.Field ?? "");
        Add(match.Modifiers.Select(modifier => modifier.Kind.ToString()));
        foreach (var value in match.Values)
        {
            // 5 and '5' are written alike.
            Add(value.GetType().Name);
            Add(value.AsWritten);
        }
    }

    private void Add(IEnumerable<string> texts)
    {
        var count = 0;
        foreach (var text in texts)
        {
            Add(text);
            count++;
        }

        _hash.Add(new UInt128(1, (ulong)count));
    }

    private void Add(string text) => _hash.Add(Encoding.UTF8.GetBytes(text));
}

/// <summary>
/// FNV-1a of 128 bits: the same on every processor, which <see cref="KeyedHash"/> is not. Nobody gains by two rules with one digest but their author, so that no
/// secret is needed.
/// </summary>
internal struct PlainHash
{
    private static readonly UInt128 Basis = new(0x6c62272e07bb0142, 0x62b821756295c58d);
    private static readonly UInt128 Prime = new(0x0000000001000000, 0x000000000000013b);

    public PlainHash()
    {
    }

    /// <summary>The hash of everything added so far.</summary>
    public UInt128 Digest { get; private set; } = Basis;

    /// <summary>Adds a text with its length.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        Add((UInt128)text.Length);
        foreach (var octet in text)
        {
            Digest = (Digest ^ octet) * Prime;
        }
    }

    /// <summary>Adds a number, or another digest.</summary>
    public void Add(UInt128 number)
    {
        for (var shift = 0; shift < 128; shift += 8)
        {
            Digest = (Digest ^ (byte)(number >> shift)) * Prime;
        }
    }
}
