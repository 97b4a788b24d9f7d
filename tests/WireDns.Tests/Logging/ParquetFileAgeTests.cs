using System.Buffers;
using WireDns.Alerts;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Detection.Logging;
using WireDns.Parquet.Reading;
using WireDns.Parquet.Writing;
using WireDns.Reading;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>When the files of a DNS log are closed.</summary>
public sealed class ParquetFileAgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_closed_five_minutes_after_its_first_row_even_if_no_other_comes()
    {
        var clock = new TimerClock();
        using var transport = ParquetTransport.Open(new ParquetLogOptions { Folder = _folder["log"], Sensor = "s1" }, line => Assert.Fail(line), clock);
        Send(transport, "one.example", "two.example");
        clock.Advance(TimeSpan.FromMinutes(3));
        Send(transport, "three.example");
        clock.Advance(TimeSpan.FromMinutes(1.9));
        Assert.Empty(Rows());
        Assert.Equal(3, transport.Unstored);

        clock.Advance(TimeSpan.FromMinutes(0.6));
        Assert.Equal([3], Rows());
        Assert.Equal(0, transport.Unstored);

        // The next lookup begins another file.
        Send(transport, "four.example");
        clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.Equal([3], Rows());
        clock.Advance(TimeSpan.FromMinutes(0.6));
        Assert.Equal([3, 1], Rows());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([3, 1], Rows());
    }

    private List<int> Rows() => [.. Directory.GetFiles(_folder["log"], "*.parquet", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal).Select(path =>
    {
        using var file = LogFileReader.Open(path);
        return file.Groups.Sum(group => group.Rows);
    })];

    private void Send(ParquetTransport transport, params string[] names)
    {
        var capture = new LookupCapture();
        foreach (var name in names)
        {
            capture.Query(1, DnsBytes.Query(name));
        }

        var batch = new MessageBatch();
        var format = new LookupRowFormat(hasIds: false);
        var run = new FileRun(new Worker(new LookupLog(
            lookup =>
            {
                var row = new ArrayBufferWriter<byte>();
                format.Write(lookup, row);
                batch.Add(row.WrittenSpan, (Notification)lookup);
                return true;
            },
            new LookupLogOptions { HasRemainder = true })));
        run.Read([_folder.Write("a.pcap", capture.Bytes)], areMerged: false, CancellationToken.None);
        Assert.Equal(names.Length, batch.Count);
        Assert.Equal(SendOutcome.Done, transport.Send(batch));
    }

    /// <summary>A clock whose timers run when it is advanced.</summary>
    private sealed class TimerClock : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private DateTimeOffset _now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(new Timer(callback, state, _now + dueTime, period));
            return _timers[^1];
        }

        public void Advance(TimeSpan time)
        {
            for (var end = _now + time; ;)
            {
                var next = _timers.Where(timer => !timer.IsDisposed).MinBy(timer => timer.Due);
                if (next is null || next.Due > end)
                {
                    _now = end;
                    return;
                }

                _now = next.Due;
                next.Run();
            }
        }

        private sealed class Timer(TimerCallback callback, object? state, DateTimeOffset due, TimeSpan period) : ITimer
        {
            public DateTimeOffset Due { get; private set; } = due;

            public bool IsDisposed { get; private set; }

            public void Run()
            {
                Due += period;
                callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => IsDisposed = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
