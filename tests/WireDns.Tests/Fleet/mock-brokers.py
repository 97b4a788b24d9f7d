"""mock-brokers.py TOPIC: three of librdkafka's mock brokers, with a topic of four partitions, in a process of their own.

The first line of the output has their addresses. Commands are lines of the input: 'down' and 'up' switch all brokers off and on; 'read' prints what the topic has,
a line KEY TAB VALUE for each message, and then a line 'end'.
"""
import ctypes
import sys

PRODUCER, CONSUMER = 0, 1
BROKERS, PARTITIONS = 3, 4
BEGINNING = -2
PARTITION_END = -191

library = ctypes.CDLL("librdkafka.so.1")
for name, result, *arguments in [
    ("rd_kafka_conf_new", ctypes.c_void_p),
    ("rd_kafka_conf_set", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t),
    ("rd_kafka_new", ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
    ("rd_kafka_destroy", None, ctypes.c_void_p),
    ("rd_kafka_mock_cluster_new", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("rd_kafka_mock_cluster_bootstraps", ctypes.c_char_p, ctypes.c_void_p),
    ("rd_kafka_mock_topic_create", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int),
    ("rd_kafka_mock_broker_set_down", ctypes.c_int, ctypes.c_void_p, ctypes.c_int32),
    ("rd_kafka_mock_broker_set_up", ctypes.c_int, ctypes.c_void_p, ctypes.c_int32),
    ("rd_kafka_topic_new", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p),
    ("rd_kafka_topic_destroy", None, ctypes.c_void_p),
    ("rd_kafka_consume_start", ctypes.c_int, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64),
    ("rd_kafka_consume_stop", ctypes.c_int, ctypes.c_void_p, ctypes.c_int32),
    ("rd_kafka_consume", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int),
    ("rd_kafka_message_destroy", None, ctypes.c_void_p),
]:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments


class Message(ctypes.Structure):
    _fields_ = [
        ("error", ctypes.c_int), ("topic", ctypes.c_void_p), ("partition", ctypes.c_int32), ("payload", ctypes.c_void_p), ("length", ctypes.c_size_t),
        ("key", ctypes.c_void_p), ("key_length", ctypes.c_size_t), ("offset", ctypes.c_int64), ("private", ctypes.c_void_p),
    ]


def client(kind, **properties):
    configuration = library.rd_kafka_conf_new()
    error = ctypes.create_string_buffer(512)
    for property_name, value in {"log_level": "0", **{name.replace("_", "."): value for name, value in properties.items()}}.items():
        if library.rd_kafka_conf_set(configuration, property_name.encode(), value.encode(), error, len(error)) != 0:
            sys.exit(error.value.decode())
    handle = library.rd_kafka_new(kind, configuration, error, len(error))
    return handle or sys.exit(error.value.decode())


def read(brokers, topic):
    consumer = client(CONSUMER, bootstrap_servers=brokers, enable_partition_eof="true")
    handle = library.rd_kafka_topic_new(consumer, topic, None)
    for partition in range(PARTITIONS):
        library.rd_kafka_consume_start(handle, partition, BEGINNING)
        while True:
            message = library.rd_kafka_consume(handle, partition, 30_000)
            if not message:
                sys.exit("the topic could not be read")
            content = Message.from_address(message)
            error = content.error
            if error == 0:
                print(ctypes.string_at(content.key, content.key_length).decode(), ctypes.string_at(content.payload, content.length).decode(), sep="\t")
            library.rd_kafka_message_destroy(message)
            if error == PARTITION_END:
                break
        library.rd_kafka_consume_stop(handle, partition)
    library.rd_kafka_topic_destroy(handle)
    library.rd_kafka_destroy(consumer)
    print("end", flush=True)


def main():
    topic = sys.argv[1].encode()
    cluster = library.rd_kafka_mock_cluster_new(client(PRODUCER), BROKERS)
    library.rd_kafka_mock_topic_create(cluster, topic, PARTITIONS, BROKERS)
    brokers = library.rd_kafka_mock_cluster_bootstraps(cluster).decode()
    print(brokers, flush=True)
    for line in sys.stdin:
        match line.strip():
            case "read":
                read(brokers, topic)
            case "down" | "up" as state:
                for broker in range(1, BROKERS + 1):
                    getattr(library, f"rd_kafka_mock_broker_set_{state}")(cluster, broker)
                print(state, flush=True)


main()
