"""Takes the description of the recording machine (hardware, operating system) out of a pcapng file: anonymous.py FILE

Nothing else changes; the program that recorded stays named. Little-endian files only, as dumpcap writes them here.
"""

import struct
import sys

SECTION_HEADER, INTERFACE_DESCRIPTION = 0x0A0D0D0A, 1
# Block type → length of the fixed fields before its options, and the options to take out.
DESCRIPTIONS = {
    SECTION_HEADER: (16, {2, 3}),  # shb_hardware, shb_os
    INTERFACE_DESCRIPTION: (8, {12, 15}),  # if_os, if_hardware
}


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    if struct.unpack_from("<I4xI", data) != (SECTION_HEADER, 0x1A2B3C4D):
        sys.exit(f"{path}: not a little-endian pcapng file")
    blocks = [rewrite(kind, body) for kind, body in split_blocks(data)]
    with open(path, "wb") as file:
        file.writelines(blocks)


def split_blocks(data):
    offset = 0
    while offset < len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        yield kind, data[offset + 8:offset + length - 4]
        offset += length


def rewrite(kind, body):
    if kind in DESCRIPTIONS:
        fixed, unwanted = DESCRIPTIONS[kind]
        body = body[:fixed] + b"".join(option for code, option in split_options(body[fixed:]) if code not in unwanted)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def split_options(options):
    offset = 0
    while offset + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, offset)
        end = offset + 4 + (length + 3) // 4 * 4
        yield code, options[offset:end]
        offset = end


main(*sys.argv[1:])
