using System.IO.Pipes;
using System.Runtime.InteropServices;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class StreamTransportTests
{
    private const int SetFlags = 4; // F_SETFL
    private const int NonBlockingOnLinux = 0x800; // O_NONBLOCK

    [Fact]
    public void Settles_a_batch_in_one_piece()
    {
        using var stream = new GatedStream();
        using var transport = new StreamTransport(stream);
        var batch = Sending.Batch("one", "two");
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(2, batch.Taken());
        Assert.Equal(["one", "two"], stream.Lines());
        Assert.Equal(1, stream.Writes);
    }

    [Fact]
    public void Ends_every_message_with_a_line_feed_and_keeps_them_until_the_flush()
    {
        using var stream = new GatedStream();
        using var sink = new StreamTransport(stream);
        Assert.Equal(SendFailure.None, sink.Write("one"u8));
        Assert.Equal(SendFailure.None, sink.Write("two"u8));
        Assert.Equal(0, stream.Writes);
        Assert.Equal(SendFailure.None, sink.Flush());
        Assert.Equal(["one", "two"], stream.Lines());
        Assert.Equal(1, stream.Writes);
    }

    [Theory]
    [InlineData("EPIPE", 32, SendFailure.ReaderGone)]
    [InlineData("ENOSPC", 28, SendFailure.DeviceFull)]
    [InlineData("EIO", 5, SendFailure.SystemError)]
    [InlineData("ERROR_BROKEN_PIPE", unchecked((int)0x8007006D), SendFailure.ReaderGone)]
    [InlineData("ERROR_DISK_FULL", unchecked((int)0x80070070), SendFailure.DeviceFull)]
    public void Names_the_reason_of_a_failure(string description, int result, SendFailure expected)
    {
        using var stream = new GatedStream { Failure = new IOException(description, result) };
        using var sink = new StreamTransport(stream);
        sink.Write("one"u8);
        Assert.Equal(expected, sink.Flush());
    }

    [Fact]
    public void Does_not_repeat_after_a_failure_what_may_have_been_written()
    {
        using var stream = new GatedStream { Failure = new IOException("EIO", 5) };
        using var sink = new StreamTransport(stream);
        sink.Write("one"u8);
        sink.Flush();
        stream.Failure = null;
        sink.Write("two"u8);
        Assert.Equal(SendFailure.None, sink.Flush());
        Assert.Equal(["two"], stream.Lines());
    }

    [Fact]
    public void Writes_to_a_descriptor_and_notices_that_the_reader_has_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "descriptors are of Unix");
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var sink = new StreamTransport(new DescriptorStream((int)reader.ClientSafePipeHandle.DangerousGetHandle()));
        sink.Write("one"u8);
        Assert.Equal(SendFailure.None, sink.Flush());
        var octets = new byte[4];
        reader.ReadExactly(octets);
        Assert.Equal("one\n"u8, octets);

        CloseReader(reader);

        sink.Write("two"u8);
        Assert.Equal(SendFailure.ReaderGone, sink.Flush());
        Assert.Equal(SendFailure.ReaderGone, sink.Write("three"u8));
        Assert.Equal(SendFailure.ReaderGone, sink.Flush());
    }

    [Fact]
    public void Waits_for_a_slow_reader_of_a_descriptor_that_does_not_block()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the flag's number is Linux's");
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        var descriptor = (int)reader.ClientSafePipeHandle.DangerousGetHandle();
        Assert.Equal(0, ControlDescriptor(descriptor, SetFlags, NonBlockingOnLinux));
        using var sink = new StreamTransport(new DescriptorStream(descriptor));
        var message = new byte[1_000_000]; // sixteen times what a pipe holds
        Random.Shared.NextBytes(message);
        var received = new byte[message.Length + 1];
        var thread = AlertBufferTests.Start(() => reader.ReadExactly(received));

        sink.Write(message);
        Assert.Equal(SendFailure.None, sink.Flush());

        Assert.True(thread.Join(Waiting.Limit));
        Assert.Equal(message, received[..^1]);
    }

    [Fact]
    public void Says_that_a_device_is_full()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using var sink = new StreamTransport(new DescriptorStream((int)full.DangerousGetHandle()));
        sink.Write("one"u8);
        Assert.Equal(SendFailure.DeviceFull, sink.Flush());
    }

    [Theory]
    [InlineData("in the middle of a line", 8)]
    [InlineData("before a line feed", 11)]
    [InlineData("between two lines", 12)]
    [InlineData("before the first octet", 0)]
    public void Goes_on_in_the_torn_line_when_the_device_has_room_again(string description, int room)
    {
        using var device = new FullDevice(room);
        using var transport = new StreamTransport(device.Open());
        var batch = Sending.Batch("first", "other", "third");

        Assert.Equal(SendFailure.DeviceFull, transport.Send(batch).Failure);
        Assert.Equal(room / 6, batch.Taken());
        Assert.Equal(SendFailure.DeviceFull, transport.Send(batch).Failure);
        Assert.Equal(0, batch.Taken());
        device.Grow();
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        batch.Taken();

        Assert.True(device.Text() == "first\nother\nthird\n", description);
    }

    [Fact]
    public void Ends_a_torn_line_that_was_given_up_so_that_it_does_not_swallow_the_next()
    {
        using var device = new FullDevice(room: 3);
        using var transport = new StreamTransport(device.Open());
        var batch = Sending.Batch("first", "other");
        Assert.Equal(SendFailure.DeviceFull, transport.Send(batch).Failure);
        Assert.Equal(0, batch.Taken());
        batch.RefuseRest(SendFailure.DeviceFull);
        batch.Taken();
        batch.Add("third"u8, "third");

        device.Grow();
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);

        Assert.Equal("fir\nthird\n", device.Text());
    }

    /// <summary>Closes only the reading end: disposing the server stream would close both.</summary>
    private static void CloseReader(AnonymousPipeServerStream reader) => reader.SafePipeHandle.Close();

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ControlDescriptor(int descriptor, int command, int value);
}
