namespace WireDns.Capture.Files;

/// <summary>
/// Counts blocks that announced a packet and could not be read. Each has taken a packet number. One writer: the reader.
/// </summary>
public sealed class SkippedPackets
{
    private long _unknownInterface;
    private long _lengthBeyondBlock;
    private long _blockTooShort;

    /// <summary>All of them.</summary>
    public long Total => _unknownInterface + _lengthBeyondBlock + _blockTooShort;

    /// <summary>Those skipped for one reason.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such reason.</exception>
    public long this[SkippedPacketReason reason] => reason switch
    {
        SkippedPacketReason.UnknownInterface => _unknownInterface,
        SkippedPacketReason.LengthBeyondBlock => _lengthBeyondBlock,
        SkippedPacketReason.BlockTooShort => _blockTooShort,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    internal void Count(SkippedPacketReason reason)
    {
        switch (reason)
        {
            case SkippedPacketReason.UnknownInterface:
                _unknownInterface++;
                break;
            case SkippedPacketReason.LengthBeyondBlock:
                _lengthBeyondBlock++;
                break;
            default:
                _blockTooShort++;
                break;
        }
    }
}

/// <summary>Why a block that announced a packet was skipped. Reading goes on after it.</summary>
public enum SkippedPacketReason
{
    /// <summary>No Interface Description Block in this section has its interface id.</summary>
    UnknownInterface,

    /// <summary>Its captured length reaches beyond the block.</summary>
    LengthBeyondBlock,

    /// <summary>The block is too short for the fields of its type.</summary>
    BlockTooShort,
}
