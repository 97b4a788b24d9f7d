namespace WireDns.Capture;

/// <summary>Why a block that announced a packet was skipped. The file is read on behind it.</summary>
public enum SkippedPacketReason
{
    /// <summary>No Interface Description Block in this section has its interface id.</summary>
    UnknownInterface,

    /// <summary>Its captured length reaches beyond the block.</summary>
    LengthBeyondBlock,

    /// <summary>The block is too short for the fields of its type.</summary>
    BlockTooShort,
}
