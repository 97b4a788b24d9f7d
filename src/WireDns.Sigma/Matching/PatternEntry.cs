using System.Runtime.InteropServices;

namespace WireDns.Sigma.Matching;

/// <summary>
/// One pattern in the matcher: 24 bytes, laid out so that most false candidates are rejected without reading the pattern's own bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct PatternEntry
{
    public const byte StartsAtStart = 1;
    public const byte EndsAtEnd = 2;

    /// <summary>The pattern has wildcards inside: its literal is only a piece, and the whole is at <see cref="BlobOffset"/>.</summary>
    public const byte HasWildcards = 4;

    /// <summary>Case matters: the whole pattern, as written, is at <see cref="BlobOffset"/> and is tested on the original text.</summary>
    public const byte IsCased = 8;

    /// <summary>The text before the literal is empty or ends with a dot between labels: the literal is a domain name, and stands for the names below it too.</summary>
    public const byte AtLabel = 16;

    /// <summary>Eight bytes of the literal around its gram (fewer if it is shorter), first byte lowest.</summary>
    public ulong Window;

    /// <summary>Where the literal, or the whole pattern, begins in the blob.</summary>
    public int BlobOffset;

    /// <summary>The group that is hit.</summary>
    public int Group;

    /// <summary>Length of the literal in bytes.</summary>
    public ushort LiteralLength;

    /// <summary>Length in bytes of what is at <see cref="BlobOffset"/>.</summary>
    public ushort BlobLength;

    /// <summary>Where the gram begins in the literal.</summary>
    public byte GramOffset;

    /// <summary>Where the window begins in the literal.</summary>
    public byte WindowOffset;

    /// <summary>The length of the window, 4 to 8.</summary>
    public byte WindowLength;

    /// <summary>The constants above.</summary>
    public byte Flags;
}
