namespace WireDns.RuleTools.Testing;

/// <summary>A part of a test file's YAML with its place: a scalar, a list or a map.</summary>
/// <param name="Line">Line, from 1.</param>
internal abstract record TestItem(int Line)
{
    /// <summary>A scalar; plain where it stands without quotes, so that its type follows from its text.</summary>
    public sealed record Scalar(int Line, string Text, bool IsPlain) : TestItem(Line);

    /// <summary>A list.</summary>
    public sealed record List(int Line, IReadOnlyList<TestItem> Items) : TestItem(Line);

    /// <summary>A map in the order of the file; keys are unique.</summary>
    public sealed record Map(int Line, IReadOnlyList<(Scalar Key, TestItem Value)> Entries) : TestItem(Line)
    {
        /// <summary>The value of a key, or null.</summary>
        public TestItem? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
    }
}
