using System.Buffers;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Writes each message and a line feed to a stream: standard output, above all. Lines are kept until <see cref="Flush"/> and
/// written in one piece, so that many alerts cost one system call and no reader sees half a line of two that were flushed
/// together.
/// </summary>
/// <remarks>
/// When the reader of a pipe has gone, the sink reports <see cref="SendFailure.ReaderGone"/> for this and all further messages
/// and writes nothing any more: the program ends as any filter in a pipeline does, without a word.
/// </remarks>
/// <param name="stream">The stream, which the sink then owns.</param>
public sealed class StreamTransport(Stream stream) : IMessageTransport
{
    // What the system calls of errno(3) and GetLastError say, as IOException.HResult holds them.
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;
    private const int QuotaOnLinux = 122;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private bool _isReaderGone;

    /// <summary>Opens this process's standard output.</summary>
    public static StreamTransport OpenStandardOutput() =>
        new(OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(DescriptorStream.StandardOutput));

    /// <inheritdoc/>
    public SendFailure Write(ReadOnlySpan<byte> message)
    {
        if (_isReaderGone)
        {
            return SendFailure.ReaderGone;
        }

        _lines.Write(message);
        _lines.Write("\n"u8);
        return SendFailure.None;
    }

    /// <inheritdoc/>
    public SendFailure Flush()
    {
        if (_isReaderGone)
        {
            return SendFailure.ReaderGone;
        }

        try
        {
            stream.Write(_lines.WrittenSpan);
            stream.Flush();
            return SendFailure.None;
        }
        catch (IOException exception)
        {
            var failure = FailureOf(exception);
            _isReaderGone = failure == SendFailure.ReaderGone;
            return failure;
        }
        finally
        {
            _lines.ResetWrittenCount();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException)
        {
            // The last flush has reported whatever is wrong with the stream, and there is nothing left to write.
        }
    }

    private static SendFailure FailureOf(IOException exception) => exception.HResult switch
    {
        BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing => SendFailure.ReaderGone,
        NoSpace or WindowsDiskFull => SendFailure.DeviceFull,
        QuotaOnLinux when OperatingSystem.IsLinux() => SendFailure.DeviceFull,
        _ => SendFailure.SystemError,
    };
}
