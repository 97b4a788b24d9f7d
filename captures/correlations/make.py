#!/usr/bin/env python3
"""Makes the captures of this folder again: lookups that a rule of rules/dns must count, and others beside them that it must not.

    python3 captures/correlations/make.py

Writes NAME.pcap.gz into this folder, the same bytes each time. README.md says what is in each; rules/tests/NAME.test.yml says
which packet must fire. Addresses and names are those reserved for documentation and examples (RFC 5737, RFC 2606).
"""

import gzip
import ipaddress
import pathlib
import struct

START = 1_772_356_500  # 2026-03-01, the day of the other captures
SERVER = "192.0.2.53"
A, NULL, PTR, TXT = 1, 10, 12, 16


def main():
    for make in (query_rate, null_rate, txt_rate, large_answers, long_names, subdomains, data_in_names, rebinding):
        capture = Capture()
        make(capture)
        capture.write(pathlib.Path(__file__).parent / f"{make.__name__}.pcap.gz")


def query_rate(capture):
    for i in range(2000):
        capture.query(10, i * 59 / 1999, "www.example.com")  # 2,000 within 59 s
        if i < 1999:
            capture.query(11, i * 59 / 1998, "www.example.com")  # one fewer
        capture.query(12, i * 62 / 1999, "www.example.com")  # 2,000, but never within a minute


def null_rate(capture):
    for i in range(10):
        capture.query(10, i, f"{i}.tunnel.example", NULL)
        capture.query(12, i * 34, f"{i}.tunnel.example", NULL)  # the first and the last are 306 s apart
        capture.query(13, i, f"{i}.tunnel.example", A)
        if i < 9:
            capture.query(11, i, f"{i}.tunnel.example", NULL)
            capture.query(11, i + 0.5, f"{i}.tunnel.example", NULL, repeats=True)  # sent twice, and one lookup


def txt_rate(capture):
    for i in range(50):
        capture.query(10, i * 300 / 49, f"{i}.example.net", TXT)  # the first is 300 s before the last: both ends count
        capture.query(12, i * 301 / 49, f"{i}.example.net", TXT)
        capture.query(13, i, f"{i}._ipp._tcp.local", TXT)
        if i < 49:
            capture.query(11, i, f"{i}.example.net", TXT)


def large_answers(capture):
    for i in range(20):
        large, small = b"a" * 250, b"a" * 150
        capture.lookup(10, i, f"{i}.tunnel.example", TXT, text(large))
        capture.lookup(12, i, f"{i}.tunnel.example", TXT, text(small))
        capture.lookup(13, i, f"www.example-{i}.com", TXT, text(large))  # each from a domain of its own
        if i < 19:
            capture.lookup(11, i, f"{i}.tunnel.example", TXT, text(large))


def long_names(capture):
    for i in range(20):
        capture.query(10, i * 10, name_of(100, i))
        capture.query(12, i * 10, name_of(99, i))
        if i < 19:
            capture.query(11, i * 10, name_of(100, i))


def subdomains(capture):
    for i in range(200):
        capture.query(10, i, f"x{i}.example.com")
        capture.query(11, i, f"x{i % 199}.example.com")  # as many lookups, of 199 names
        capture.query(12, i, f"www.example-{i}.com")  # each below a domain of its own
        capture.query(13, i, f"{i}.113.0.203.in-addr.arpa", PTR)
        capture.query(14, i, f"{i}.113.0.203.zen.spamhaus.org")
        capture.query(15, i * 3.02, f"x{i}.example.com")  # the first and the last are 601 s apart


def data_in_names(capture):
    for i in range(400):
        capture.query(10, i, name_of(50, i))  # 20,000 characters
        capture.query(12, i, name_of(39, i))  # too short to carry data
        if i < 399:
            capture.query(11, i, name_of(50, i))


def rebinding(capture):
    capture.address(10, 0, "rebind.example", "198.51.100.7")
    capture.address(11, 0, "rebind.example", "198.51.100.7")
    capture.address(10, 10, "rebind.example", "8.8.8.8")
    capture.address(11, 10, "rebind.example", "8.8.8.8")
    capture.address(10, 20, "rebind.example", "192.168.1.1")
    capture.address(12, 20, "rebind.example", "192.168.1.1")  # what 11 got, another client did not
    capture.address(13, 21, "www.example", "8.8.8.8")
    capture.address(13, 22, "intranet.example", "10.0.0.1")  # another name
    capture.address(14, 30, "printer.lan", "8.8.8.8")
    capture.address(14, 31, "printer.lan", "10.0.0.9")  # expected to be private
    capture.address(15, 40, "rebind.example", "8.8.8.8")
    capture.address(15, 341, "rebind.example", "127.0.0.1")  # after 301 s


def name_of(length, number):
    """A name of so many characters below tunnel.example; its labels differ from number to number."""
    rest = length - len(".tunnel.example")
    data = f"{number:04}" + "abcdefghijklmnopqrstuvwxyz234567" * 8
    labels = [data[: min(63, rest)]]
    if rest > 63:
        labels.append(data[64:][: rest - 64])
    name = ".".join([*labels, "tunnel.example"])
    assert len(name) == length
    return name


def text(value):
    return bytes([len(value)]) + value


class Capture:
    """Frames of lookups from 192.0.2.N, collected in any order and written in that of time."""

    def __init__(self):
        self._frames = []
        self._ids = {}

    def query(self, client, seconds, name, kind=A, repeats=False):
        if not repeats:
            self._ids[client] = self._ids.get(client, 0) + 1
        self._add(seconds, f"192.0.2.{client}", SERVER, 40000, 53, self._message(client, name, kind, 0x0100, []))

    def lookup(self, client, seconds, name, kind, data):
        self.query(client, seconds, name, kind)
        self._add(seconds + 0.02, SERVER, f"192.0.2.{client}", 53, 40000, self._message(client, name, kind, 0x8180, [data]))

    def address(self, client, seconds, name, address):
        self.lookup(client, seconds, name, A, ipaddress.ip_address(address).packed)

    def write(self, path):
        header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(header)
            for microseconds, frame in sorted(self._frames, key=lambda entry: entry[0]):
                time = divmod(START * 1_000_000 + microseconds, 1_000_000)
                packed.write(struct.pack("<IIII", *time, len(frame), len(frame)) + frame)

    def _message(self, client, name, kind, flags, answers):
        question = b"".join(text(label.encode()) for label in name.split(".")) + b"\0" + struct.pack(">HH", kind, 1)
        records = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data for data in answers)
        return struct.pack(">HHHHHH", self._ids[client], flags, 1, len(answers), 0, 0) + question + records

    def _add(self, seconds, source, destination, source_port, destination_port, message):
        ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
        udp = struct.pack(">HHH", source_port, destination_port, 8 + len(message))
        udp += struct.pack(">H", checksum(ends + struct.pack(">HH", 17, 8 + len(message)) + udp + b"\0\0" + message)) + message
        ip = struct.pack(">BBHHHBB", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17)
        ip += struct.pack(">H", checksum(ip + b"\0\0" + ends)) + ends
        cards = b"\x02\0\0\0\0" + ends[7:8] + b"\x02\0\0\0\0" + ends[3:4]
        self._frames.append((round(seconds * 1_000_000), cards + b"\x08\0" + ip + udp))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF


if __name__ == "__main__":
    main()
