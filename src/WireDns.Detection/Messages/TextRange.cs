namespace WireDns.Detection.Messages;

/// <summary>Where a text stands in a <see cref="TextBuffer"/>.</summary>
internal readonly record struct TextRange(int Start, int Length);
