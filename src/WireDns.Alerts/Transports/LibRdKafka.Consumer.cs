using System.Runtime.InteropServices;

namespace WireDns.Alerts.Transports;

/// <content>What a consumer needs besides.</content>
internal static partial class LibRdKafka
{
    public const int FetchEvent = 0x2; // RD_KAFKA_EVENT_FETCH
    public const int RebalanceEvent = 0x10; // RD_KAFKA_EVENT_REBALANCE
    public const int NoConsumerClose = 0x8; // RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE
    public const int FromBeginning = -2; // RD_KAFKA_OFFSET_BEGINNING

    public const int AssignPartitions = -175;
    public const int GroupForbidden = 30;

    private const int Consumer = 1; // RD_KAFKA_CONSUMER
    private const int OfTopic = 2; // RD_KAFKA_RESOURCE_TOPIC
    private const int DescribeConfigsOperation = 5; // RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS

    /// <summary>Makes a consumer, as <see cref="NewProducer"/> makes a producer.</summary>
    public static nint NewConsumer(nint configuration, out string fault)
    {
        var error = new byte[LongestText];
        var consumer = New(Consumer, configuration, error, (nuint)error.Length);
        fault = TextOf(error);
        return consumer;
    }

    /// <summary>Joins the group, for one topic.</summary>
    /// <returns>An error, or <see cref="NoError"/>.</returns>
    public static int Subscribe(nint consumer, string topic)
    {
        var list = NewList(1);
        AddToList(list, topic, AnyPartition);
        var error = Subscribe(consumer, list);
        DestroyList(list);
        return error;
    }

    /// <summary>The elements of a list.</summary>
    public static unsafe Span<TopicPartition> ElementsOf(nint list)
    {
        var content = Marshal.PtrToStructure<TopicPartitionList>(list);

        // As many as the library says that there are; it moves them only when one is added.
        return new Span<TopicPartition>((void*)content.Elements, content.Count);
    }

    /// <summary>How many partitions a topic has.</summary>
    /// <param name="client">A consumer.</param>
    /// <param name="topic">A handle of the topic.</param>
    /// <param name="milliseconds">How long to wait for the brokers.</param>
    /// <param name="error">Why it is not known, or <see cref="NoError"/>.</param>
    /// <returns>0 if it is not known.</returns>
    public static int CountPartitions(nint client, nint topic, int milliseconds, out int error)
    {
        error = Metadata(client, 0, topic, out var metadata, milliseconds);
        if (error != NoError)
        {
            return 0;
        }

        // One topic was asked for.
        var content = Marshal.PtrToStructure<MetadataContent>(metadata);
        var found = content.TopicCount == 1 ? Marshal.PtrToStructure<MetadataTopic>(content.Topics) : default;
        DestroyMetadata(metadata);
        error = found.Error != NoError || found.PartitionCount > 0 ? found.Error : UnknownTopic;
        return error == NoError ? found.PartitionCount : 0;
    }

    /// <summary>The settings of a topic, by name; null if they cannot be asked for.</summary>
    public static IReadOnlyDictionary<string, string>? DescribeTopic(nint client, string topic, int milliseconds)
    {
        var queue = NewQueue(client);
        var options = NewAdminOptions(client, DescribeConfigsOperation);
        _ = SetRequestTimeout(options, milliseconds, new byte[LongestText], LongestText);
        var resource = NewResource(OfTopic, topic);
        DescribeConfigs(client, [resource], 1, options, queue);
        var @event = Poll(queue, 2 * milliseconds);
        Dictionary<string, string>? found = null;
        if (@event != 0)
        {
            var result = ErrorOf(@event) == NoError ? DescribeConfigsResult(@event) : 0;
            var resources = result == 0 ? 0 : ResultResources(result, out var count) is var all && count == 1 ? Marshal.ReadIntPtr(all) : 0;
            if (resources != 0 && ResourceError(resources) == NoError)
            {
                found = new Dictionary<string, string>(StringComparer.Ordinal);
                var entries = ResourceConfigs(resources, out var entryCount);
                for (var index = 0; index < (int)entryCount; index++)
                {
                    var entry = Marshal.ReadIntPtr(entries, index * nint.Size);
                    found[Marshal.PtrToStringUTF8(EntryName(entry)) ?? ""] = Marshal.PtrToStringUTF8(EntryValue(entry)) ?? "";
                }
            }

            DestroyEvent(@event);
        }

        DestroyResource(resource);
        DestroyAdminOptions(options);
        DestroyQueue(queue);
        return found;
    }

    /// <summary>Lets messages and events of the group come through the consumer's queue.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_poll_set_consumer")]
    public static partial int UseConsumerQueue(nint consumer);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_get_consumer")]
    public static partial nint ConsumerQueue(nint consumer);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_new")]
    public static partial nint NewList(int size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint AddToList(nint list, string topic, int partition);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    public static partial void DestroyList(nint list);

    /// <summary>The list of an event of the group, which owns it.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_event_topic_partition_list")]
    public static partial nint ListOf(nint @event);

    /// <summary>Fills in the offsets that the group has committed, and their metadata.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_committed")]
    public static partial int Committed(nint consumer, nint list, int milliseconds);

    /// <summary>Commits offsets; waits for the answer unless it is asynchronous.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_commit")]
    public static partial int Commit(nint consumer, nint list, int isAsynchronous);

    /// <returns>0, or an error for <see cref="TakeError"/>.</returns>
    [LibraryImport(Name, EntryPoint = "rd_kafka_incremental_assign")]
    public static partial nint Assign(nint consumer, nint list);

    /// <returns>0, or an error for <see cref="TakeError"/>.</returns>
    [LibraryImport(Name, EntryPoint = "rd_kafka_incremental_unassign")]
    public static partial nint Unassign(nint consumer, nint list);

    /// <summary>Leaves the group: events come through a queue until <see cref="IsClosed"/>.</summary>
    /// <returns>0, or an error for <see cref="TakeError"/>.</returns>
    [LibraryImport(Name, EntryPoint = "rd_kafka_consumer_close_queue")]
    public static partial nint CloseConsumer(nint consumer, nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_consumer_closed")]
    public static partial int IsClosed(nint consumer);

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy_flags")]
    public static partial void Destroy(nint client, int flags);

    /// <summary>The code of an error, which is destroyed; <see cref="NoError"/> for 0.</summary>
    public static int TakeError(nint error)
    {
        if (error == 0)
        {
            return NoError;
        }

        var code = ErrorCode(error);
        DestroyError(error);
        return code;
    }

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_code")]
    private static partial int ErrorCode(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_destroy")]
    private static partial void DestroyError(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_subscribe")]
    private static partial int Subscribe(nint consumer, nint list);

    [LibraryImport(Name, EntryPoint = "rd_kafka_metadata")]
    private static partial int Metadata(nint client, int isOfAllTopics, nint topic, out nint metadata, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_metadata_destroy")]
    private static partial void DestroyMetadata(nint metadata);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_new")]
    private static partial nint NewQueue(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_new")]
    private static partial nint NewAdminOptions(nint client, int operation);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_destroy")]
    private static partial void DestroyAdminOptions(nint options);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_set_request_timeout")]
    private static partial int SetRequestTimeout(nint options, int milliseconds, Span<byte> error, nuint errorLength);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigResource_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewResource(int type, string name);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigResource_destroy")]
    private static partial void DestroyResource(nint resource);

    [LibraryImport(Name, EntryPoint = "rd_kafka_DescribeConfigs")]
    private static partial void DescribeConfigs(nint client, ReadOnlySpan<nint> resources, nuint count, nint options, nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_DescribeConfigs_result")]
    private static partial nint DescribeConfigsResult(nint @event);

    [LibraryImport(Name, EntryPoint = "rd_kafka_DescribeConfigs_result_resources")]
    private static partial nint ResultResources(nint result, out nuint count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigResource_error")]
    private static partial int ResourceError(nint resource);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigResource_configs")]
    private static partial nint ResourceConfigs(nint resource, out nuint count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigEntry_name")]
    private static partial nint EntryName(nint entry);

    [LibraryImport(Name, EntryPoint = "rd_kafka_ConfigEntry_value")]
    private static partial nint EntryValue(nint entry);

    /// <summary>rd_kafka_topic_partition_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicPartition
    {
        public nint Topic;
        public int Partition;
        public long Offset;
        public nint Metadata;
        public nuint MetadataLength;
        public nint Opaque;
        public int Error;
        public nint Reserved;
    }

    /// <summary>rd_kafka_metadata_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MetadataContent
    {
        public readonly int BrokerCount;
        public readonly nint Brokers;
        public readonly int TopicCount;
        public readonly nint Topics;
        public readonly int OriginalBroker;
        public readonly nint OriginalBrokerName;
    }

    /// <summary>rd_kafka_metadata_topic_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MetadataTopic
    {
        public readonly nint Name;
        public readonly int PartitionCount;
        public readonly nint Partitions;
        public readonly int Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TopicPartitionList
    {
        public readonly int Count;
        public readonly int Size;
        public readonly nint Elements;
    }
}
