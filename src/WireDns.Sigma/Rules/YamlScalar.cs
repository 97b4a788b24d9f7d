namespace WireDns.Sigma.Rules;

/// <summary>A YAML scalar. <see cref="IsPlain"/>: written without quotes, so that its type follows from its text.</summary>
internal sealed class YamlScalar(SourcePosition position, string text, bool isPlain) : YamlNode(position)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    public override string Description => IsNull ? "null" : $"'{Shorten(Text)}'";

    internal static string Shorten(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
}
