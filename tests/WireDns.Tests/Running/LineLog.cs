using System.Text;

namespace WireDns.Tests.Running;

/// <summary>The lines that a program has written so far, byte for byte; tests wait for one. Thread-safe.</summary>
internal sealed class LineLog
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    // Pulsed with each change.
    private readonly object _gate = new();
    private readonly List<byte> _bytes = [];
    private bool _ended;

    /// <summary>Everything, as it came.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (_gate)
            {
                return [.. _bytes];
            }
        }
    }

    /// <summary>Everything as text. Fails if it is not UTF-8.</summary>
    public string Text => StrictUtf8.GetString(Bytes);

    /// <summary>The lines, ended by a line feed only; what follows the last one is a line too.</summary>
    public IReadOnlyList<string> Lines => Text.Length == 0 ? [] : Text.TrimEnd('\n').Split('\n');

    /// <summary>Reads a stream to its end.</summary>
    public void Follow(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int length; (length = stream.Read(buffer)) > 0;)
            {
                lock (_gate)
                {
                    _bytes.AddRange(buffer.AsSpan(0, length));
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The program was ended, and what it had written before is there.
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until enough whole lines meet a condition, and returns them. Fails, with what there is, at the end or after the time.</summary>
    public IReadOnlyList<string> WaitFor(Func<string, bool> condition, TimeSpan time, int count = 1)
    {
        var found = Find(condition, time, count);
        Assert.True(found.Count >= count, $"{found.Count} of {count} lines came until the end, or in {time}; all lines:\n{Text}");
        return found;
    }

    /// <summary>Whether a whole line that meets a condition is there, or comes within the time.</summary>
    public bool Has(Func<string, bool> condition, TimeSpan time) => Find(condition, time, 1).Count > 0;

    private List<string> Find(Func<string, bool> condition, TimeSpan time, int count)
    {
        var deadline = DateTime.UtcNow + time;
        lock (_gate)
        {
            while (true)
            {
                var found = Text.Split('\n').SkipLast(1).Where(condition).ToList();
                var left = deadline - DateTime.UtcNow;
                if (found.Count >= count || _ended || left <= TimeSpan.Zero)
                {
                    return found;
                }

                Monitor.Wait(_gate, left);
            }
        }
    }
}
