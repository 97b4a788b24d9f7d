"""describing-broker.py TOPIC NAME=VALUE...: a broker of Kafka that tells the settings of a topic and answers nothing else, as the mock brokers do not tell them.

The first line of the output is its address. It speaks ApiVersions 0, Metadata 1 and DescribeConfigs 0 (https://kafka.apache.org/protocol).
"""
import socketserver
import struct
import sys

API_VERSIONS, METADATA, DESCRIBE_CONFIGS = 18, 3, 32
SUPPORTED = [(METADATA, 0, 1), (API_VERSIONS, 0, 0), (DESCRIBE_CONFIGS, 0, 0)]
UNSUPPORTED_VERSION = 35
TOPIC_RESOURCE = 2
NODE = 1

topic = sys.argv[1]
settings = [setting.split("=", 1) for setting in sys.argv[2:]]


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def array(items):
    return struct.pack(">i", len(items)) + b"".join(items)


def answer(api, version, port):
    if api == API_VERSIONS:
        return struct.pack(">h", 0 if version == 0 else UNSUPPORTED_VERSION) + array([struct.pack(">hhh", *one) for one in SUPPORTED])
    if api == METADATA:
        broker = struct.pack(">i", NODE) + text("127.0.0.1") + struct.pack(">i", port) + struct.pack(">h", -1)
        partition = struct.pack(">hii", 0, 0, NODE) + array([struct.pack(">i", NODE)]) + array([struct.pack(">i", NODE)])
        return array([broker]) + struct.pack(">i", NODE) + array([struct.pack(">h", 0) + text(topic) + b"\0" + array([partition])])
    if api == DESCRIBE_CONFIGS:
        configs = [text(name) + text(value) + b"\0\0\0" for name, value in settings]
        return struct.pack(">i", 0) + array([struct.pack(">hh", 0, -1) + struct.pack(">b", TOPIC_RESOURCE) + text(topic) + array(configs)])
    return None


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        while len(size := self.rfile.read(4)) == 4:
            request = self.rfile.read(struct.unpack(">i", size)[0])
            api, version, correlation = struct.unpack_from(">hhi", request)
            body = answer(api, version, self.server.server_address[1])
            if body is None:
                return
            response = struct.pack(">i", correlation) + body
            self.wfile.write(struct.pack(">i", len(response)) + response)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Connection) as server:
    print(f"127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
