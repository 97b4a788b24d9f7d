using System.Buffers;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Writes each message and a line feed to a stream, above all to standard output. The lines of a batch are written in one piece, so that
/// many alerts cost one system call and a reader rarely sees half a line.
/// </summary>
/// <remarks>
/// <para>When the reader of a pipe has gone, the transport reports <see cref="SendFailure.ReaderGone"/> for this and all further messages
/// and writes nothing more: the program ends in silence, like any filter in a pipeline.</para>
/// <para>A full device may accept the start of a line. If the message is sent again, the line continues where it stopped, so a reader never
/// sees that it was torn. If the message was given up, a line feed ends the torn line before the next one starts.</para>
/// </remarks>
/// <param name="stream">The stream, which the transport then owns.</param>
public sealed class StreamTransport(Stream stream) : IMessageTransport
{
    // Error numbers of errno(3) and GetLastError, as IOException.HResult holds them.
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;
    private const int QuotaOnLinux = 122;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const long NoLine = -1;
    private const long ForeignLine = -2;

    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private bool _isReaderGone;
    private long _tornLine = NoLine; // the number of the partly written message
    private int _tornOctets; // and how many octets of its line were written

    /// <summary>Whether a line was partly written, and its rest is still to come.</summary>
    internal bool IsTorn => _tornLine != NoLine;

    /// <summary>An earlier process left a torn line: end it with a line feed before the first message.</summary>
    internal void EndLineFirst() => _tornLine = ForeignLine;

    /// <summary>Opens this process's standard output.</summary>
    public static StreamTransport OpenStandardOutput() =>
        new(OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(DescriptorStream.StandardOutput));

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return SendOutcome.Done;
        }

        if (_isReaderGone)
        {
            return new(SendFailure.ReaderGone);
        }

        var written = Prepare(batch);
        try
        {
            stream.Write(_lines.WrittenSpan);
            stream.Flush();
            batch.SettleFirst(batch.Count);
            _tornLine = NoLine;
            return SendOutcome.Done;
        }
        catch (IOException exception)
        {
            var failure = FailureOf(exception);
            _isReaderGone = failure == SendFailure.ReaderGone;
            if (stream is DescriptorStream descriptor)
            {
                SettleWritten(batch, written + descriptor.LastWritten);
            }
            else
            {
                // How much was written is not known, so nothing of it may be repeated.
                _tornLine = batch.Number(batch.Count - 1);
                batch.RefuseRest(failure);
            }

            return new(failure, Detail(failure, exception));
        }
        finally
        {
            _lines.ResetWrittenCount();
        }
    }

    /// <summary>Takes one message, complete and without a terminator, and keeps it until <see cref="Flush"/>.</summary>
    /// <returns>Why the message was not taken, or <see cref="SendFailure.None"/>.</returns>
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

    /// <summary>Writes what was kept. What cannot be written is given up.</summary>
    /// <returns>Why the messages since the last flush may be lost, or <see cref="SendFailure.None"/>.</returns>
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
            // The last write has reported what is wrong with the stream, and there is nothing left to write.
        }
    }

    /// <summary>Builds what is to be written.</summary>
    /// <returns>Octets of the first line that are already written; -1 if a line feed comes first.</returns>
    private int Prepare(MessageBatch batch)
    {
        var skipped = 0;
        if (_tornLine != NoLine)
        {
            skipped = batch.Number(0) == _tornLine ? _tornOctets : -1;
        }

        if (skipped < 0)
        {
            _lines.Write("\n"u8);
        }

        for (var index = 0; index < batch.Count; index++)
        {
            var message = batch[index].Span;
            _lines.Write(message[Math.Min(index == 0 ? Math.Max(skipped, 0) : 0, message.Length)..]);
            _lines.Write("\n"u8);
        }

        return skipped;
    }

    /// <summary>Settles the lines that were written in full, and remembers how much of the next one was.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="octets">Octets of the batch's lines that were written; -1 if not even the line feed before them was.</param>
    private void SettleWritten(MessageBatch batch, long octets)
    {
        if (octets < 0)
        {
            return;
        }

        for (var index = 0; index < batch.Count; index++)
        {
            var line = batch[index].Length + 1;
            if (octets < line)
            {
                (_tornLine, _tornOctets) = octets == 0 ? (NoLine, 0) : (batch.Number(index), (int)octets);
                return;
            }

            batch.Settle(index);
            octets -= line;
        }

        _tornLine = NoLine;
    }

    private static string? Detail(SendFailure failure, IOException exception) =>
        failure == SendFailure.SystemError && !OperatingSystem.IsWindows() ? $"number {exception.HResult}" : null;

    private static SendFailure FailureOf(IOException exception) => exception.HResult switch
    {
        BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing => SendFailure.ReaderGone,
        NoSpace or WindowsDiskFull => SendFailure.DeviceFull,
        QuotaOnLinux when OperatingSystem.IsLinux() => SendFailure.DeviceFull,
        _ => SendFailure.SystemError,
    };
}
