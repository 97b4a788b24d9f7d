using System.Buffers;
using System.Globalization;
using System.Text.Json;
using WireDns.Alerts.Transports;

namespace WireDns.Terminal;

/// <summary>The only way from a command's report to standard output. A reader that has seen enough (<c>head -1</c>) is not a failure.</summary>
internal static class StandardOutput
{
    /// <summary>The width of what is read elsewhere than on this terminal, in columns.</summary>
    public const int UsualWidth = 120;

    /// <summary>The width of the terminal in columns; if there is none, the variable COLUMNS or <see cref="UsualWidth"/>.</summary>
    public static int Width => !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth
        : int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) ? columns
        : UsualWidth;

    /// <summary>Writes a report for people.</summary>
    /// <exception cref="CommandFailure">Standard output accepts no more.</exception>
    public static void Report(bool isColoured, Action<ReportWriter> write)
    {
        using var output = StreamTransport.OpenStandardOutput();
        var writer = new ReportWriter(output, isColoured);
        write(writer);
        writer.Flush();
        Check(writer.Failure);
    }

    /// <summary>Writes one JSON value on one line, in ASCII.</summary>
    /// <exception cref="CommandFailure">Standard output accepts no more.</exception>
    public static void Json(Action<Utf8JsonWriter> write) => JsonLines([write], (json, action) => action(json));

    /// <summary>Writes one JSON value per line for each item, in ASCII.</summary>
    /// <exception cref="CommandFailure">Standard output accepts no more.</exception>
    public static void JsonLines<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using var output = StreamTransport.OpenStandardOutput();
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        foreach (var item in items)
        {
            write(json, item);
            json.Flush();
            var failure = output.Write(buffer.WrittenSpan);
            Check(failure);
            if (failure == SendFailure.ReaderGone)
            {
                return;
            }

            buffer.ResetWrittenCount();
            json.Reset();
        }

        Check(output.Flush());
    }

    /// <summary>Turns a sink's failure into a failure of the command.</summary>
    /// <exception cref="CommandFailure">It is one.</exception>
    public static void Check(SendFailure failure)
    {
        if (failure is not (SendFailure.None or SendFailure.ReaderGone))
        {
            throw new CommandFailure(ExitStatus.Failed, $"standard output: {failure.Words()}");
        }
    }
}
