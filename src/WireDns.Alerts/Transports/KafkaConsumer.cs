using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>
/// A consumer of a topic of Kafka, through librdkafka: a member of a group after <see cref="Join"/>, or else by itself, with the partitions that it is told to read. It commits
/// nothing by itself, and keeps partitions over a rebalance that stay with it (cooperative-sticky). Call it from one thread. A member that does not ask for events for five
/// minutes loses its partitions.
/// </summary>
public sealed class KafkaConsumer : IDisposable
{
    private const int CommittedMilliseconds = 30_000;
    private const int CloseMilliseconds = 10_000;

    private readonly KafkaOptions _options;
    private nint _consumer;
    private nint _queue;
    private nint _topic; // for CountPartitions
    private nint _event; // of the last call of Next, which owns a list that is to be answered

    private KafkaConsumer(KafkaOptions options) => _options = options;

    /// <summary>Loads the library; the connection is made by itself.</summary>
    /// <param name="options">The topic.</param>
    /// <param name="group">The name of the group, which <see cref="Join"/> joins.</param>
    /// <exception cref="IOException">The library is not there, or a property is wrong; the message says so.</exception>
    public static KafkaConsumer Open(KafkaOptions options, string group)
    {
        ArgumentNullException.ThrowIfNull(options);
        var place = $"kafka://{options.Brokers}/{options.Topic}";
        var properties = options.ReadProperties(isConsumer: true);
        if (!LibRdKafka.IsThere())
        {
            throw new IOException($"{place}: this needs the library {LibRdKafka.Name}: on Debian and Ubuntu, apt-get install librdkafka1");
        }

        var configuration = LibRdKafka.NewConfiguration();
        LibRdKafka.SetLogger(configuration, 0);
        LibRdKafka.SetEvents(configuration, LibRdKafka.FetchEvent | LibRdKafka.RebalanceEvent | LibRdKafka.ErrorEvent);
        (string Place, string Name, string Value)[] own =
        [
            (place, "bootstrap.servers", options.Brokers), (place, "client.id", "wiredns"), (place, "group.id", group), (place, "enable.auto.commit", "false"),
            (place, "enable.auto.offset.store", "false"), (place, "auto.offset.reset", "earliest"),
            (place, "partition.assignment.strategy", "cooperative-sticky"), (place, "session.timeout.ms", "10000"), (place, "queued.max.messages.kbytes", "16384"),
            (place, "log_level", "0"),
        ];
        foreach (var (at, name, value) in own.Concat(properties))
        {
            // The library's words may repeat the value, which may be a secret.
            if (LibRdKafka.Set(configuration, name, value) is not null)
            {
                LibRdKafka.DestroyConfiguration(configuration);
                throw new IOException($"{at}: {name}: librdkafka does not know this property, or does not take this value");
            }
        }

        var consumer = new KafkaConsumer(options) { _consumer = LibRdKafka.NewConsumer(configuration, out var fault) };
        if (consumer._consumer == 0)
        {
            LibRdKafka.DestroyConfiguration(configuration);
            throw new IOException($"{place}: librdkafka makes no consumer with these properties: {fault}");
        }

        _ = LibRdKafka.UseConsumerQueue(consumer._consumer);
        consumer._queue = LibRdKafka.ConsumerQueue(consumer._consumer);
        return consumer;
    }

    /// <summary>The settings of the topic, by name; null if the brokers do not tell them within some seconds.</summary>
    public IReadOnlyDictionary<string, string>? DescribeTopic() => LibRdKafka.DescribeTopic(_consumer, _options.Topic, milliseconds: 3000);

    /// <summary>How many partitions the topic has; 0 if the brokers do not tell it in time.</summary>
    /// <param name="milliseconds">How long to wait for them.</param>
    /// <param name="trouble">Why they do not.</param>
    public int CountPartitions(int milliseconds, out SendOutcome trouble)
    {
        _topic = _topic != 0 ? _topic : LibRdKafka.NewTopic(_consumer, _options.Topic, 0);
        var count = LibRdKafka.CountPartitions(_consumer, _topic, milliseconds, out var error);
        trouble = error == LibRdKafka.NoError ? SendOutcome.Done : KafkaTransport.Describe(error);
        return count;
    }

    /// <summary>Joins the group.</summary>
    /// <exception cref="IOException">The library refuses.</exception>
    public void Join()
    {
        var error = LibRdKafka.Subscribe(_consumer, _options.Topic);
        if (error != LibRdKafka.NoError)
        {
            throw new IOException($"kafka://{_options.Brokers}/{_options.Topic}: {KafkaTransport.Describe(error).Detail}");
        }
    }

    /// <summary>What happens next; null if nothing does within a number of milliseconds.</summary>
    public KafkaEvent? Next(int milliseconds)
    {
        Release();
        _event = LibRdKafka.Poll(_queue, milliseconds);
        if (_event == 0)
        {
            return null;
        }

        switch (LibRdKafka.TypeOf(_event))
        {
            case LibRdKafka.FetchEvent:
                return LibRdKafka.NextMessage(_event) is var message and not 0 ? Read(Marshal.PtrToStructure<LibRdKafka.Message>(message)) : null;
            case LibRdKafka.RebalanceEvent:
                var list = LibRdKafka.ListOf(_event);
                return LibRdKafka.ErrorOf(_event) == LibRdKafka.AssignPartitions ? new PartitionsAssigned(AskCommitted(list)) : new PartitionsRevoked([.. Numbers(list)]);
            case LibRdKafka.ErrorEvent:
                return new ConsumerTrouble(KafkaTransport.Describe(LibRdKafka.ErrorOf(_event)));
            default:
                return null;
        }
    }

    /// <summary>Reads partitions, each from an offset on: the answer to <see cref="PartitionsAssigned"/>, or those that a consumer without a group is to have besides others.</summary>
    /// <param name="starts">The offset for each partition; null for its beginning.</param>
    public void Assign(IReadOnlyDictionary<int, long?> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        var list = LibRdKafka.NewList(starts.Count);
        foreach (var (partition, start) in starts)
        {
            _ = LibRdKafka.AddToList(list, _options.Topic, partition);
            LibRdKafka.ElementsOf(list)[^1].Offset = start ?? LibRdKafka.FromBeginning;
        }

        _ = LibRdKafka.TakeError(LibRdKafka.Assign(_consumer, list));
        LibRdKafka.DestroyList(list);
    }

    /// <summary>Answers <see cref="PartitionsRevoked"/>.</summary>
    public void Unassign() => _ = LibRdKafka.TakeError(LibRdKafka.Unassign(_consumer, LibRdKafka.ListOf(_event)));

    /// <summary>Commits positions, and waits for the answer.</summary>
    /// <returns>Why it was not done; <see cref="SendOutcome.Done"/> if it was.</returns>
    public SendOutcome Commit(IReadOnlyCollection<KafkaPosition> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var list = LibRdKafka.NewList(positions.Count);
        foreach (var position in positions)
        {
            _ = LibRdKafka.AddToList(list, _options.Topic, position.Partition);
            ref var element = ref LibRdKafka.ElementsOf(list)[^1];
            element.Offset = position.Offset;
            element.Metadata = Marshal.StringToCoTaskMemUTF8(position.Note);
            element.MetadataLength = (nuint)Encoding.UTF8.GetByteCount(position.Note);
        }

        var error = LibRdKafka.Commit(_consumer, list, isAsynchronous: 0);
        foreach (ref var element in LibRdKafka.ElementsOf(list))
        {
            // The library has copied it, and would free it in another way.
            Marshal.FreeCoTaskMem(element.Metadata);
            (element.Metadata, element.MetadataLength) = (0, 0);
            error = error == LibRdKafka.NoError ? element.Error : error;
        }

        LibRdKafka.DestroyList(list);
        return error == LibRdKafka.NoError ? SendOutcome.Done : KafkaTransport.Describe(error);
    }

    /// <summary>Leaves the group, so that the other members need not wait until it is missed.</summary>
    public void Dispose()
    {
        if (_consumer == 0)
        {
            return;
        }

        Release();
        if (LibRdKafka.TakeError(LibRdKafka.CloseConsumer(_consumer, _queue)) == LibRdKafka.NoError)
        {
            var start = Environment.TickCount64;
            while (LibRdKafka.IsClosed(_consumer) == 0 && Environment.TickCount64 - start < CloseMilliseconds)
            {
                if (Next(100) is PartitionsRevoked)
                {
                    Unassign();
                }
            }
        }

        Release();
        if (_topic != 0)
        {
            LibRdKafka.DestroyTopic(_topic);
        }

        LibRdKafka.DestroyQueue(_queue);
        LibRdKafka.Destroy(_consumer, LibRdKafka.NoConsumerClose);
        _consumer = 0;
    }

    private static KafkaEvent Read(in LibRdKafka.Message message) => message.Error switch
    {
        LibRdKafka.NoError => new KafkaRecord(message.Partition, message.Offset, Encoding.ASCII.GetString(Copy(message.Key, message.KeyLength)), Copy(message.Payload, message.Length)),
        var error => new ConsumerTrouble(KafkaTransport.Describe(error)),
    };

    private static byte[] Copy(nint octets, nuint length)
    {
        var copy = new byte[octets == 0 ? 0 : (int)length];
        if (copy.Length > 0)
        {
            Marshal.Copy(octets, copy, 0, copy.Length);
        }

        return copy;
    }

    // Null where the brokers do not answer: then nothing is known of what was dealt with.
    private List<KafkaPosition>? AskCommitted(nint assigned)
    {
        var list = LibRdKafka.NewList(1);
        foreach (var partition in Numbers(assigned))
        {
            _ = LibRdKafka.AddToList(list, _options.Topic, partition);
        }

        var positions = new List<KafkaPosition>();
        var error = LibRdKafka.Committed(_consumer, list, CommittedMilliseconds);
        foreach (var element in LibRdKafka.ElementsOf(list))
        {
            error = error == LibRdKafka.NoError ? element.Error : error;
            var note = element.Metadata == 0 ? "" : Encoding.UTF8.GetString(Copy(element.Metadata, element.MetadataLength));
            positions.Add(new KafkaPosition(element.Partition, element.Offset < 0 ? -1 : element.Offset, note));
        }

        LibRdKafka.DestroyList(list);
        return error == LibRdKafka.NoError ? positions : null;
    }

    private static List<int> Numbers(nint list)
    {
        var numbers = new List<int>();
        foreach (var element in LibRdKafka.ElementsOf(list))
        {
            numbers.Add(element.Partition);
        }

        return numbers;
    }

    private void Release()
    {
        if (_event != 0)
        {
            LibRdKafka.DestroyEvent(_event);
            _event = 0;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"kafka://{_options.Brokers}/{_options.Topic}");
}

/// <summary>Something that happens to a <see cref="KafkaConsumer"/>.</summary>
public abstract record KafkaEvent;

/// <summary>A record of the topic.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Key">Its key, as ASCII.</param>
/// <param name="Value">What it holds.</param>
public sealed record KafkaRecord(int Partition, long Offset, string Key, ReadOnlyMemory<byte> Value) : KafkaEvent;

/// <summary>Partitions are this member's now; answer with <see cref="KafkaConsumer.Assign"/>.</summary>
/// <param name="Committed">Where the group has come to in each; null if the brokers did not say.</param>
public sealed record PartitionsAssigned(IReadOnlyList<KafkaPosition>? Committed) : KafkaEvent;

/// <summary>Partitions go to other members; commit, and answer with <see cref="KafkaConsumer.Unassign"/>.</summary>
/// <param name="Partitions">The partitions.</param>
public sealed record PartitionsRevoked(IReadOnlyList<int> Partitions) : KafkaEvent;

/// <summary>The brokers cannot be reached, or refuse something. The library goes on trying.</summary>
/// <param name="Outcome">Why.</param>
public sealed record ConsumerTrouble(SendOutcome Outcome) : KafkaEvent;

/// <summary>How far a group has come in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record; -1 if nothing was committed.</param>
/// <param name="Note">What the group has noted with it.</param>
public sealed record KafkaPosition(int Partition, long Offset, string Note);
