namespace WireDns.Capture;

/// <summary>Compressed data that is damaged or ends early. What came out before it was delivered.</summary>
internal sealed class CompressedDataException : Exception
{
    public CompressedDataException()
    {
    }

    public CompressedDataException(string message)
        : base(message)
    {
    }

    public CompressedDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
