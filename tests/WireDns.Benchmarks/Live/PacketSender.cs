using System.Globalization;

namespace WireDns.Benchmarks.Live;

/// <summary><c>send</c>: as many frames as the machine can make, or at a rate, for some seconds.</summary>
internal static class PacketSender
{
    /// <summary>Sends, and returns how many frames in how many seconds.</summary>
    /// <param name="interfaceName">Where to.</param>
    /// <param name="capture">The frames.</param>
    /// <param name="mix">Which of them.</param>
    /// <param name="duration">How long.</param>
    /// <param name="rate">Frames a second; 0 for as many as can be.</param>
    /// <param name="time">The clock.</param>
    public static unsafe (long Frames, double Seconds) Send(string interfaceName, string capture, FrameMix mix, TimeSpan duration, int rate, TimeProvider time)
    {
        var buffer = FrameBuffer.Read(capture, mix);
        using var socket = new PacketSocket(interfaceName);
        FramePlace[] frames = [.. buffer.Frames];
        var (sent, next) = (0L, 0);
        var start = time.GetTimestamp();
        fixed (byte* bytes = buffer.Bytes)
        {
            while (time.GetElapsedTime(start) < duration)
            {
                var due = rate == 0 ? PacketSocket.BatchLength : (long)(rate * time.GetElapsedTime(start).TotalSeconds) - sent;
                if (due <= 0)
                {
                    Thread.Sleep(1); // the pace itself
                    continue;
                }

                var taken = socket.Send(bytes, frames.AsSpan(next, (int)Math.Min(Math.Min(due, PacketSocket.BatchLength), frames.Length - next)));
                sent += taken;
                next = (next + taken) % frames.Length;
            }
        }

        return (sent, time.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>What was sent as a line that <see cref="Parse"/> reads.</summary>
    public static string Format(long frames, double seconds) => string.Create(CultureInfo.InvariantCulture, $"{frames} {seconds:0.000000}");

    /// <summary>Reads that line.</summary>
    /// <exception cref="InvalidDataException">It is not such a line.</exception>
    public static (long Frames, double Seconds) Parse(string line) =>
        line.Trim().Split(' ') is [var frames, var seconds]
        && long.TryParse(frames, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var duration)
            ? (count, duration)
            : throw new InvalidDataException($"the sender said: {line}");
}
