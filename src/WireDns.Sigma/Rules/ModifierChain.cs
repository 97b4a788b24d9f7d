namespace WireDns.Sigma.Rules;

/// <summary>
/// The modifiers after a field name, read from left to right and checked for meaning: what each needs before it. A chain that passes has
/// one meaning for each type of value; <see cref="ValueReader"/> applies it.
/// </summary>
internal sealed class ModifierChain
{
    // Fewer modifiers than this can be combined.
    private const int MaximumModifiers = 16;

    private ModifierChain(IReadOnlyList<Modifier> modifiers, ValueShape shape)
    {
        Modifiers = modifiers;
        Shape = shape;
    }

    public IReadOnlyList<Modifier> Modifiers { get; }

    public ValueShape Shape { get; }

    public bool Has(ModifierKind kind) => Find(kind) is not null;

    public Modifier? Find(ModifierKind kind)
    {
        foreach (var modifier in Modifiers)
        {
            if (modifier.Kind == kind)
            {
                return modifier;
            }
        }

        return null;
    }

    /// <summary>Splits <c>field|modifier|modifier</c>. Null if an error was reported.</summary>
    public static ModifierChain? Read(YamlScalar key, out string? field, DiagnosticBag diagnostics)
    {
        var bar = key.Text.IndexOf('|', StringComparison.Ordinal);
        field = bar < 0 ? key.Text : key.Text[..bar];
        if (field.Length == 0)
        {
            field = null;
        }

        var modifiers = new List<Modifier>();
        var isKnown = true;
        for (var count = 1; bar >= 0; count++)
        {
            if (count > MaximumModifiers)
            {
                diagnostics.Error("modifier-order", PositionIn(key, bar), $"expected at most {MaximumModifiers} modifiers, found more");
                return null;
            }

            var start = bar + 1;
            bar = key.Text.IndexOf('|', start);
            var name = bar < 0 ? key.Text[start..] : key.Text[start..bar];
            var position = PositionIn(key, start);
            if (ModifierNames.TryGet(name, out var kind))
            {
                modifiers.Add(new Modifier(kind, name, position));
            }
            else
            {
                isKnown = false;
                diagnostics.Error(
                    "unknown-modifier",
                    position,
                    $"expected a modifier, found '{YamlScalar.Shorten(name)}'",
                    Spelling.Suggest(name, ModifierNames.All));
            }
        }

        return isKnown && TryFollow(modifiers, field is not null, diagnostics, out var shape)
            ? new ModifierChain(modifiers, shape)
            : null;
    }

    private static bool TryFollow(List<Modifier> modifiers, bool hasField, DiagnosticBag diagnostics, out ValueShape shape)
    {
        shape = ValueShape.Raw;
        var isWild = false;
        var isEncoded = false;
        for (var i = 0; i < modifiers.Count; i++)
        {
            var modifier = modifiers[i];
            var before = modifiers.GetRange(0, i);
            var problem = before.Exists(m => m.Kind == modifier.Kind)
                ? $"the modifier {modifier.Name} stands twice"
                : Follow(modifier, before, isWild, isEncoded, ref shape);
            if (problem is not null)
            {
                diagnostics.Error("modifier-order", modifier.Position, problem, SuggestOrder(modifier, before));
                return false;
            }

            if (!hasField && NeedsField(modifier.Kind))
            {
                diagnostics.Error("modifier-needs-field", modifier.Position, $"expected a field before the modifier {modifier.Name}, found none");
                return false;
            }

            isWild |= modifier.Kind is ModifierKind.Contains or ModifierKind.StartsWith or ModifierKind.EndsWith;
            isEncoded |= IsEncoder(modifier.Kind);
        }

        return true;
    }

    /// <summary>What is wrong with the modifier after those before it; null if nothing is. Updates the shape.</summary>
    private static string? Follow(Modifier modifier, List<Modifier> before, bool isWild, bool isEncoded, ref ValueShape shape)
    {
        switch (modifier.Kind)
        {
            case ModifierKind.All or ModifierKind.NotEqual:
                return null;

            case ModifierKind.Expand:
                return isEncoded || shape is ValueShape.Exists or ValueShape.Comparison or ValueShape.Time
                    ? $"the modifier expand has no text with a placeholder left after {before[^1].Name}"
                    : null;

            case ModifierKind.Regex or ModifierKind.Cidr or ModifierKind.Exists:
                var mayFollowExpand = modifier.Kind != ModifierKind.Exists;
                if (before.Exists(m => m.Kind != ModifierKind.Expand || !mayFollowExpand))
                {
                    return $"expected the modifier {modifier.Name} to be the first, found it after {before[^1].Name}";
                }

                shape = modifier.Kind switch
                {
                    ModifierKind.Regex => ValueShape.Regex,
                    ModifierKind.Cidr => ValueShape.Cidr,
                    _ => ValueShape.Exists,
                };
                return null;

            case ModifierKind.IgnoreCase or ModifierKind.MultiLine or ModifierKind.DotAll:
                return shape == ValueShape.Regex ? null : $"expected the modifier re before {modifier.Name}";

            case ModifierKind.Contains when shape == ValueShape.Regex:
                return null;

            case ModifierKind.Contains or ModifierKind.StartsWith or ModifierKind.EndsWith:
                if (isWild)
                {
                    return $"expected one of contains, startswith and endswith, found {modifier.Name} after another of them";
                }

                return shape == ValueShape.FieldReference ? null : ToText(modifier, ref shape);

            case ModifierKind.Cased when shape == ValueShape.FieldReference:
                return null;

            case ModifierKind.Base64 or ModifierKind.Base64Offset when isWild:
                return $"the modifier {modifier.Name} cannot encode the wildcards that were added before it";

            case ModifierKind.FieldReference:
                if (isWild || isEncoded || shape is not (ValueShape.Raw or ValueShape.Text))
                {
                    return $"expected the modifier fieldref before {before[^1].Name}";
                }

                shape = ValueShape.FieldReference;
                return null;

            case ModifierKind.Less or ModifierKind.LessOrEqual or ModifierKind.Greater or ModifierKind.GreaterOrEqual:
                if (shape is not (ValueShape.Raw or ValueShape.Time))
                {
                    return $"the modifier {modifier.Name} compares numbers, and {before[^1].Name} before it gives none";
                }

                shape = ValueShape.Comparison;
                return null;

            case ModifierKind.Minute or ModifierKind.Hour or ModifierKind.Day or
                ModifierKind.Week or ModifierKind.Month or ModifierKind.Year:
                if (shape != ValueShape.Raw)
                {
                    return $"expected the time modifier {modifier.Name} to be the first, found it after {before[^1].Name}";
                }

                shape = ValueShape.Time;
                return null;

            default:
                return ToText(modifier, ref shape);
        }
    }

    private static string? ToText(Modifier modifier, ref ValueShape shape)
    {
        var found = shape switch
        {
            ValueShape.Raw or ValueShape.Text => null,
            ValueShape.Regex => "a regular expression",
            ValueShape.Cidr => "a network",
            ValueShape.Exists => "a question whether the field exists",
            ValueShape.FieldReference => "a field reference",
            _ => "a number",
        };
        if (found is not null)
        {
            return $"the modifier {modifier.Name} works on text, and what stands before it makes {found}";
        }

        shape = ValueShape.Text;
        return null;
    }

    private static string? SuggestOrder(Modifier modifier, List<Modifier> before)
    {
        var last = before.Count > 0 ? before[^1].Name : string.Empty;
        return modifier.Kind switch
        {
            ModifierKind.Base64 or ModifierKind.Base64Offset when before.Count > 0 => $"write {modifier.Name}|{last}",
            ModifierKind.Regex or ModifierKind.FieldReference or ModifierKind.Cidr when before.Count > 0 && before[^1].Kind != modifier.Kind =>
                modifier.Kind == ModifierKind.Cidr ? null : $"write {modifier.Name}|{last}",
            ModifierKind.StartsWith when before.Exists(m => m.Kind == ModifierKind.Regex) => "begin the expression with ^",
            ModifierKind.EndsWith when before.Exists(m => m.Kind == ModifierKind.Regex) => "end the expression with $",
            ModifierKind.Cased when before.Exists(m => m.Kind == ModifierKind.Regex) => "a regular expression is case-sensitive as it is",
            _ => null,
        };
    }

    private static bool NeedsField(ModifierKind kind) => kind is ModifierKind.Exists or ModifierKind.Cidr or ModifierKind.FieldReference or
        ModifierKind.Less or ModifierKind.LessOrEqual or ModifierKind.Greater or ModifierKind.GreaterOrEqual or
        ModifierKind.Minute or ModifierKind.Hour or ModifierKind.Day or ModifierKind.Week or ModifierKind.Month or ModifierKind.Year;

    internal static bool IsEncoder(ModifierKind kind) => kind is ModifierKind.Base64 or ModifierKind.Base64Offset or
        ModifierKind.Utf16 or ModifierKind.Utf16LittleEndian or ModifierKind.Utf16BigEndian or ModifierKind.WindowsDash;

    /// <summary>The place of a character of a scalar; exact unless a quoted scalar has escapes before it.</summary>
    private static SourcePosition PositionIn(YamlScalar scalar, int offset) =>
        scalar.Position with { Column = scalar.Position.Column + offset + (scalar.IsPlain ? 0 : 1) };
}

/// <summary>What a chain of modifiers has turned a value into so far.</summary>
internal enum ValueShape
{
    /// <summary>The value as YAML types it.</summary>
    Raw,

    /// <summary>A text, whose wildcards count.</summary>
    Text,

    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary>A network.</summary>
    Cidr,

    /// <summary>Whether the field is there.</summary>
    Exists,

    /// <summary>The name of another field.</summary>
    FieldReference,

    /// <summary>A comparison with a number.</summary>
    Comparison,

    /// <summary>A part of a time that equals a number.</summary>
    Time,
}
