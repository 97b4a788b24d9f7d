using System.Buffers;

namespace WireDns.Alerts.Sinks;

/// <summary>
/// Writes each message and a line feed to a stream: standard output, above all. Lines are kept until <see cref="Flush"/> and
/// written in one piece, so that many alerts cost one system call and no reader sees half a line of two that were flushed
/// together.
/// </summary>
/// <remarks>
/// When the reader of a pipe has gone, the sink reports <see cref="SinkFailure.ReaderGone"/> for this and all further messages
/// and writes nothing any more: the program ends as any filter in a pipeline does, without a word.
/// </remarks>
/// <param name="stream">The stream, which the sink then owns.</param>
public sealed class StreamSink(Stream stream) : IAlertSink
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
    public static StreamSink OpenStandardOutput() =>
        new(OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(DescriptorStream.StandardOutput));

    /// <inheritdoc/>
    public SinkFailure Write(ReadOnlySpan<byte> message)
    {
        if (_isReaderGone)
        {
            return SinkFailure.ReaderGone;
        }

        _lines.Write(message);
        _lines.Write("\n"u8);
        return SinkFailure.None;
    }

    /// <inheritdoc/>
    public SinkFailure Flush()
    {
        if (_isReaderGone)
        {
            return SinkFailure.ReaderGone;
        }

        try
        {
            stream.Write(_lines.WrittenSpan);
            stream.Flush();
            return SinkFailure.None;
        }
        catch (IOException exception)
        {
            var failure = FailureOf(exception);
            _isReaderGone = failure == SinkFailure.ReaderGone;
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

    private static SinkFailure FailureOf(IOException exception) => exception.HResult switch
    {
        BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing => SinkFailure.ReaderGone,
        NoSpace or WindowsDiskFull => SinkFailure.DeviceFull,
        QuotaOnLinux when OperatingSystem.IsLinux() => SinkFailure.DeviceFull,
        _ => SinkFailure.SystemError,
    };
}
