using System.Runtime.InteropServices;
using System.Text;

// Of Windows alone: a library is never looked for in the current folder.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace WireDns.Alerts.Transports;

/// <summary>
/// The calls of librdkafka 2 (Debian: librdkafka1) that a producer needs, as its header rdkafka.h declares them. The library is looked for when the first of them is made: a
/// sensor without a target <c>kafka://</c> neither has nor needs it.
/// </summary>
internal static partial class LibRdKafka
{
    /// <summary>The name of the library, as the system's loader knows it.</summary>
    public const string Name = "librdkafka.so.1";

    public const int AnyPartition = -1; // RD_KAFKA_PARTITION_UA
    public const int CopyPayload = 2; // RD_KAFKA_MSG_F_COPY
    public const int DeliveryReports = 0x1; // RD_KAFKA_EVENT_DR
    public const int ErrorEvent = 0x8; // RD_KAFKA_EVENT_ERROR
    public const int PurgeAll = 3; // RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
    public const int NotPersisted = 0; // RD_KAFKA_MSG_STATUS_NOT_PERSISTED

    // rd_kafka_resp_err_t
    public const int NoError = 0;
    public const int Transport = -195;
    public const int CannotResolve = -193;
    public const int TimedOut = -192;
    public const int UnknownPartition = -190;
    public const int UnknownTopicHere = -188;
    public const int AllBrokersDown = -187;
    public const int NoAnswer = -185; // RD_KAFKA_RESP_ERR__TIMED_OUT
    public const int QueueFull = -184;
    public const int Tls = -181;
    public const int Authentication = -169;
    public const int Fatal = -150;
    public const int UnknownTopic = 3;
    public const int MessageTooLarge = 10;
    public const int TopicForbidden = 29;
    public const int ClusterForbidden = 31;
    public const int InvalidRecord = 87;

    private const int LongestText = 512;

    /// <summary>Whether the system has the library.</summary>
    public static bool IsThere() => NativeLibrary.TryLoad(Name, out _);

    /// <summary>Sets a property of a configuration.</summary>
    /// <returns>Null if it was taken; otherwise why not, in the library's words.</returns>
    public static string? Set(nint configuration, string name, string value)
    {
        var error = new byte[LongestText];
        return SetProperty(configuration, name, value, error, (nuint)error.Length) == 0 ? null : TextOf(error);
    }

    /// <summary>Makes a producer, which then owns the configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="fault">Why it could not be made, in the library's words.</param>
    /// <returns>0 if it could not be made; the configuration is still the caller's then.</returns>
    public static nint NewProducer(nint configuration, out string fault)
    {
        var error = new byte[LongestText];
        var producer = New(0, configuration, error, (nuint)error.Length);
        fault = TextOf(error);
        return producer;
    }

    /// <summary>The short name of an error, as UNKNOWN_TOPIC_OR_PART.</summary>
    public static string NameOf(int error) => Marshal.PtrToStringUTF8(ErrorName(error)) ?? "UNKNOWN";

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void DestroyConfiguration(nint configuration);

    /// <summary>Says which events come through the queue.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_events")]
    public static partial void SetEvents(nint configuration, int events);

    /// <summary>Takes the logger away: nothing but this program writes to its standard error.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    public static partial void SetLogger(nint configuration, nint callback);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_get_main")]
    public static partial nint MainQueue(nint producer);

    /// <summary>The next event; 0 if none comes within a number of milliseconds.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_poll")]
    public static partial nint Poll(nint queue, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_destroy")]
    public static partial void DestroyQueue(nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_type")]
    public static partial int TypeOf(nint @event);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_error")]
    public static partial int ErrorOf(nint @event);

    /// <summary>The next message of an event of delivery reports; 0 after the last one.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_event_message_next")]
    public static partial nint NextMessage(nint @event);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void DestroyEvent(nint @event);

    [LibraryImport(Name, EntryPoint = "rd_kafka_message_status")]
    public static partial int StatusOf(nint message);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewTopic(nint producer, string topic, nint configuration);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_destroy")]
    public static partial void DestroyTopic(nint topic);

    /// <summary>Puts a message into the queue of the producer, which copies it.</summary>
    /// <returns>0, or -1 with <see cref="LastError"/>.</returns>
    [LibraryImport(Name, EntryPoint = "rd_kafka_produce")]
    public static partial int Produce(nint topic, int partition, int flags, ReadOnlySpan<byte> payload, nuint length, ReadOnlySpan<byte> key, nuint keyLength, nint opaque);

    [LibraryImport(Name, EntryPoint = "rd_kafka_last_error")]
    public static partial int LastError();

    [LibraryImport(Name, EntryPoint = "rd_kafka_purge")]
    public static partial int Purge(nint producer, int flags);

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint producer);

    [LibraryImport(Name, EntryPoint = "rd_kafka_err2name")]
    private static partial nint ErrorName(int error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetProperty(nint configuration, string name, string value, Span<byte> error, nuint errorLength);

    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, Span<byte> error, nuint errorLength);

    private static string TextOf(byte[] text) => Encoding.UTF8.GetString(text, 0, Math.Max(0, Array.IndexOf(text, (byte)0)));

    /// <summary>rd_kafka_message_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Message
    {
        public readonly int Error;
        public readonly nint Topic;
        public readonly int Partition;
        public readonly nint Payload;
        public readonly nuint Length;
        public readonly nint Key;
        public readonly nuint KeyLength;
        public readonly long Offset;

        /// <summary>What was given to <see cref="Produce"/>.</summary>
        public readonly nint Opaque;
    }
}
