using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Sends messages to a topic of Kafka through librdkafka. A message is settled when all replicas in sync have acknowledged it (acks=all). The producer is idempotent: what
/// it sends again is there once, in order. The key of a message is the id of its alert or lookup, unless the options name one for all.
/// </summary>
/// <remarks>
/// The library tries again by itself, for as long as the program wants. So a message that has no report yet is not sent again by the next call of <see cref="Send"/>: it goes
/// on waiting for the report.
/// </remarks>
public sealed class KafkaTransport : IRepeatingTransport
{
    // How long no report may come before the sink is told that there is trouble.
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(2);
    private const int PollMilliseconds = 100;

    // More than a batch has. The library's own bound on octets is 1 GiB.
    private const string QueueMessages = "100000";
    private const string QueueKibibytes = "65536";

    private readonly KafkaOptions _options;
    private readonly IReadOnlyList<(string Place, string Name, string Value)> _properties;
    private readonly HashSet<long> _pending = []; // numbers of messages without a report
    private readonly Dictionary<long, int> _indices = []; // of the batch at hand
    private nint _producer;
    private nint _queue;
    private nint _topic;
    private SendOutcome _trouble; // the last one; Done after a message that was acknowledged
    private bool _hasReturned; // whether a message of the batch was not taken, and is to be sent again
    private long _repeated; // another thread reads it

    private KafkaTransport(KafkaOptions options)
    {
        _options = options;
        _properties = options.ReadProperties();
    }

    /// <inheritdoc/>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Loads the library and prepares a producer, which connects by itself.</summary>
    /// <exception cref="IOException">The library is not there, or a property is wrong; the message says so.</exception>
    public static KafkaTransport Open(KafkaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var transport = new KafkaTransport(options);
        if (!LibRdKafka.IsThere())
        {
            throw new IOException($"kafka://{options.Brokers}/{options.Topic}: this needs the library {LibRdKafka.Name}: on Debian and Ubuntu, apt-get install librdkafka1");
        }

        transport.Connect();
        return transport;
    }

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_producer == 0)
        {
            try
            {
                Connect();
            }
            catch (IOException exception)
            {
                return new(SendFailure.SystemError, exception.Message);
            }
        }

        _indices.Clear();
        for (var index = 0; index < batch.Count; index++)
        {
            _indices.Add(batch.Number(index), index);
        }

        _hasReturned = false;
        var progress = Stopwatch.GetTimestamp();
        for (var next = 0; next < batch.Count || _indices.Count > 0;)
        {
            next = Produce(batch, next);
            var left = _indices.Count;
            if (!Take(batch, next < batch.Count && left > 0 ? 1 : PollMilliseconds))
            {
                return Give(new(SendFailure.SystemError, "the producer met a fault that it cannot mend; a new one begins"));
            }

            if (_indices.Count < left)
            {
                progress = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(progress) >= Standstill)
            {
                return _trouble.Failure == SendFailure.None ? new(SendFailure.ReceiverBusy, "no broker acknowledges it") : _trouble;
            }
        }

        // What the brokers did not take is still in the batch.
        return _hasReturned ? _trouble : SendOutcome.Done;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Connect()
    {
        var configuration = LibRdKafka.NewConfiguration();
        LibRdKafka.SetLogger(configuration, 0);
        LibRdKafka.SetEvents(configuration, LibRdKafka.DeliveryReports | LibRdKafka.ErrorEvent);
        var place = $"kafka://{_options.Brokers}/{_options.Topic}";
        (string Place, string Name, string Value)[] own =
        [
            (place, "bootstrap.servers", _options.Brokers), (place, "client.id", "wiredns"), (place, "enable.idempotence", "true"), (place, "acks", "all"),
            (place, "message.timeout.ms", "0"), (place, "partitioner", "murmur2_random"), (place, "queue.buffering.max.messages", QueueMessages),
            (place, "queue.buffering.max.kbytes", QueueKibibytes), (place, "compression.codec", "zstd"), (place, "log_level", "0"),
        ];
        foreach (var (at, name, value) in own.Concat(_properties))
        {
            // The library's words may repeat the value, which may be a secret.
            if (LibRdKafka.Set(configuration, name, value) is not null)
            {
                LibRdKafka.DestroyConfiguration(configuration);
                throw new IOException($"{at}: {name}: librdkafka does not know this property, or does not take this value");
            }
        }

        _producer = LibRdKafka.NewProducer(configuration, out var fault);
        if (_producer == 0)
        {
            LibRdKafka.DestroyConfiguration(configuration);
            throw new IOException($"{place}: librdkafka makes no producer with these properties: {fault}");
        }

        _queue = LibRdKafka.MainQueue(_producer);
        _topic = LibRdKafka.NewTopic(_producer, _options.Topic, 0);
        if (_topic == 0)
        {
            Close();
            throw new IOException($"{place}: librdkafka does not take this topic: {LibRdKafka.NameOf(LibRdKafka.LastError())}");
        }
    }

    /// <summary>Queues messages from an index on that are not queued already.</summary>
    /// <returns>The index to go on with.</returns>
    private int Produce(MessageBatch batch, int next)
    {
        Span<byte> key = stackalloc byte[128];
        for (; next < batch.Count; next++)
        {
            var number = batch.Number(next);
            if (_pending.Contains(number))
            {
                continue;
            }

            var payload = batch[next].Span;
            _ = Encoding.UTF8.TryGetBytes(_options.Key ?? batch.Id(next), key, out var keyLength); // too long an id is no key
            if (LibRdKafka.Produce(_topic, LibRdKafka.AnyPartition, LibRdKafka.CopyPayload, payload, (nuint)payload.Length, key[..keyLength], (nuint)keyLength, (nint)number) == 0)
            {
                _pending.Add(number);
                continue;
            }

            switch (LibRdKafka.LastError())
            {
                case LibRdKafka.QueueFull:
                    return next;
                case LibRdKafka.MessageTooLarge:
                    End(batch, number, SendFailure.TooLong);
                    break;
                case var error:
                    // Another attempt comes, after a pause.
                    _trouble = Describe(error);
                    return next;
            }
        }

        return next;
    }

    /// <summary>Takes the reports that have come.</summary>
    /// <returns>False after a fault of the producer as a whole.</returns>
    private bool Take(MessageBatch batch, int milliseconds)
    {
        for (var @event = LibRdKafka.Poll(_queue, milliseconds); @event != 0; @event = LibRdKafka.Poll(_queue, 0))
        {
            var isFatal = false;
            switch (LibRdKafka.TypeOf(@event))
            {
                case LibRdKafka.DeliveryReports:
                    for (var message = LibRdKafka.NextMessage(@event); message != 0; message = LibRdKafka.NextMessage(@event))
                    {
                        Report(batch, Marshal.PtrToStructure<LibRdKafka.Message>(message), message);
                    }

                    break;
                case LibRdKafka.ErrorEvent:
                    var error = LibRdKafka.ErrorOf(@event);
                    isFatal = error == LibRdKafka.Fatal;
                    _trouble = Describe(error);
                    break;
            }

            LibRdKafka.DestroyEvent(@event);
            if (isFatal)
            {
                return false;
            }
        }

        return true;
    }

    private void Report(MessageBatch batch, in LibRdKafka.Message report, nint message)
    {
        long number = report.Opaque;
        _pending.Remove(number);
        switch (report.Error)
        {
            case LibRdKafka.NoError:
                _trouble = _hasReturned ? _trouble : SendOutcome.Done;
                End(batch, number, SendFailure.None);
                break;
            case LibRdKafka.MessageTooLarge:
                End(batch, number, SendFailure.TooLong);
                break;
            case LibRdKafka.InvalidRecord:
                End(batch, number, SendFailure.Refused);
                break;
            default:
                // It is left in the batch, and sent again.
                (_trouble, _hasReturned) = (Describe(report.Error), true);
                if (LibRdKafka.StatusOf(message) != LibRdKafka.NotPersisted)
                {
                    Interlocked.Increment(ref _repeated);
                }

                _indices.Remove(number);
                break;
        }
    }

    // A report may be about a message that its sink has given up: nobody waits for it any more.
    private void End(MessageBatch batch, long number, SendFailure outcome)
    {
        if (_indices.Remove(number, out var index))
        {
            if (outcome == SendFailure.None)
            {
                batch.Settle(index);
            }
            else
            {
                batch.Refuse(index, outcome);
            }
        }
    }

    internal static SendOutcome Describe(int error) => error switch
    {
        LibRdKafka.Transport or LibRdKafka.AllBrokersDown => new(SendFailure.ReceiverAbsent, "no broker can be reached"),
        LibRdKafka.NoAnswer => new(SendFailure.ReceiverBusy, "no broker answers"),
        LibRdKafka.CannotResolve => new(SendFailure.Unreachable, "the name of a broker is not known"),
        LibRdKafka.Tls => new(SendFailure.NotTrusted, "TLS failed: see ssl.ca.location"),
        LibRdKafka.Authentication => new(SendFailure.NotTrusted, "the brokers do not take the user or the password"),
        LibRdKafka.TopicForbidden or LibRdKafka.ClusterForbidden or LibRdKafka.GroupForbidden => new(SendFailure.Forbidden, "this user may not use the topic, or the group"),
        LibRdKafka.UnknownTopic or LibRdKafka.UnknownTopicHere or LibRdKafka.UnknownPartition => new(SendFailure.ReceiverAbsent, "there is no such topic"),
        LibRdKafka.TimedOut => new(SendFailure.ReceiverBusy, "no broker acknowledges it"),
        _ => new(SendFailure.SystemError, string.Create(CultureInfo.InvariantCulture, $"{LibRdKafka.NameOf(error)} ({error}) of librdkafka")),
    };

    private SendOutcome Give(SendOutcome outcome)
    {
        Close();
        return outcome;
    }

    private void Close()
    {
        if (_producer == 0)
        {
            return;
        }

        Interlocked.Add(ref _repeated, _pending.Count(_indices.ContainsKey));
        _pending.Clear();
        _ = LibRdKafka.Purge(_producer, LibRdKafka.PurgeAll); // nobody waits for what is left
        if (_topic != 0)
        {
            LibRdKafka.DestroyTopic(_topic);
        }

        LibRdKafka.DestroyQueue(_queue);
        LibRdKafka.Destroy(_producer);
        (_producer, _queue, _topic) = (0, 0, 0);
    }
}
