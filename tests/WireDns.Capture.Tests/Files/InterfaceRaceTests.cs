using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace WireDns.Capture.Tests.Files;

/// <summary>A pcapng file that describes interfaces from its start to its end, read by one thread while another asks for them.</summary>
public sealed class InterfaceRaceTests
{
    private const ushort NameOption = 2;
    private const int Interfaces = 40;
    private const int Rounds = 5000;

    private static readonly byte[] File = Build();

    [Fact]
    public async Task A_thread_that_asks_for_the_interfaces_while_another_reads_gets_a_whole_list()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var reader = Open();
        var isOver = false;
        using var hasBegun = new ManualResetEventSlim();
        var asking = Task.Run(() =>
        {
            // Nothing else in the loop: the race is between two instructions.
            for (; !Volatile.Read(ref isOver); hasBegun.Set())
            {
                var list = Volatile.Read(ref reader).Interfaces;
                if (list.Count > 0 && list[list.Count - 1] is null)
                {
                    Assert.Fail("an interface is in the list and not described");
                }
            }

        }, cancellation);
        hasBegun.Wait(cancellation);
        for (var round = 0; round < Rounds && !asking.IsCompleted; round++)
        {
            // The list outgrows its capacity several times in each file.
            Volatile.Write(ref reader, Open());
            var batch = new PacketBatch(bufferSize: 0);
            while (reader.TryReadBatch(batch))
            {
            }
        }

        Volatile.Write(ref isOver, true);
        await asking;
    }

    [Fact]
    public async Task A_packet_has_its_interface_when_the_reader_has_gone_on_to_others()
    {
        var cancellation = TestContext.Current.CancellationToken;
        for (var round = 0; round < Rounds / 50; round++)
        {
            using var reader = Open();
            using var filled = new BlockingCollection<PacketBatch>();
            var working = Task.Run(() =>
            {
                var packets = 0;
                foreach (var batch in filled.GetConsumingEnumerable(cancellation))
                {
                    foreach (var packet in batch)
                    {
                        Assert.Equal(NameOf(packets++), batch.InterfaceOf(packet).Name);
                    }
                }

                return packets;
            }, cancellation);
            for (var batch = new PacketBatch(bufferSize: 0); reader.TryReadBatch(batch); batch = new PacketBatch(bufferSize: 0))
            {
                filled.Add(batch, cancellation);
            }

            filled.CompleteAdding();
            Assert.Equal(Interfaces, await working);
        }
    }

    // A block or two at a time, so that the list is longer with every batch.
    private static CaptureFileReader Open() => CaptureFileReader.Open(new TrickleStream(File, 64), "interfaces.pcapng");

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"eth{index}");

    // Each packet comes right after the block of its interface, so that the list grows within every batch.
    private static byte[] Build()
    {
        var file = new PcapngBuilder().Section();
        for (var i = 0; i < Interfaces; i++)
        {
            file.Interface(1, 0, file.Option(NameOption, Encoding.UTF8.GetBytes(NameOf(i)))).Enhanced((uint)i, (ulong)i, [1, 2, 3, 4]);
        }

        return file.ToArray();
    }
}
