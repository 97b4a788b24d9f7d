"""Puts VLAN tags into a recorded Ethernet capture: tag.py UNTAGGED.pcap TAGGED.pcap

The kernel that the captures were recorded on has no VLAN devices, so the frames are real and their tags are written
afterwards, as a switch would put them there. The machine decides, by the last octet of its MAC address (TAGS); frames
between the servers stay untagged.
"""

import struct
import sys

# Octet as printed → tags from the outside in, (EtherType, priority, VLAN id), for frames from and frames to the machine.
TAGS = {
    "11": ([(0x8100, 0, 11)], [(0x8100, 0, 11)]),
    "12": ([(0x8100, 3, 12)], [(0x8100, 0, 12)]),
    "13": ([(0x88A8, 0, 200), (0x8100, 0, 13)], [(0x88A8, 0, 200), (0x8100, 0, 13)]),
    "14": ([(0x8100, 5, 300), (0x8100, 5, 14)], [(0x8100, 5, 300), (0x8100, 5, 14)]),
    # A mirror may show the two directions of a link with different tags.
    "16": ([(0x8100, 0, 16)], [(0x8100, 0, 116)]),
}


def main(untagged, tagged):
    with open(untagged, "rb") as source, open(tagged, "wb") as target:
        header = source.read(24)
        magic, link_type = struct.unpack("<I16xI", header)
        if magic != 0xA1B2C3D4 or link_type != 1:
            sys.exit(f"{untagged}: not a little-endian Ethernet capture in microseconds")
        target.write(header)
        while record := source.read(16):
            seconds, fraction, captured, length = struct.unpack("<IIII", record)
            frame = source.read(captured)
            tags = tags_of(frame)
            target.write(struct.pack("<IIII", seconds, fraction, captured + len(tags), length + len(tags)))
            target.write(frame[:12] + tags + frame[12:])


def tags_of(frame):
    to_machine, from_machine = frame[0:6].hex(), frame[6:12].hex()
    if from_machine.startswith("02005e1000") and from_machine[-2:] in TAGS:
        tags = TAGS[from_machine[-2:]][0]
    elif to_machine.startswith("02005e1000") and to_machine[-2:] in TAGS:
        tags = TAGS[to_machine[-2:]][1]
    else:
        tags = []
    return b"".join(struct.pack(">HH", kind, priority << 13 | number) for kind, priority, number in tags)


main(*sys.argv[1:])
