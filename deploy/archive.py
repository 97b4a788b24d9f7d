#!/usr/bin/env python3
"""archive.py PARENT NAME TIME FILE: the folder PARENT/NAME as FILE (.tar.gz or .zip). Depends on nothing but its content and
TIME: tar, gzip and zip of different systems differ in more than that."""

import gzip
import os
import sys
import tarfile
import time
import zipfile

parent, name, stamp, target = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = stamp
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


paths = [name]
for folder, folders, files in os.walk(os.path.join(parent, name)):
    paths += [os.path.relpath(os.path.join(folder, entry), parent) for entry in folders + files]

if target.endswith(".zip"):
    # A zip has no date before 1980.
    date = time.gmtime(max(stamp, 315532800))[:6]
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(paths):
            source = os.path.join(parent, path)
            is_folder = os.path.isdir(source)
            entry = zipfile.ZipInfo(path.replace(os.sep, "/") + ("/" if is_folder else ""), date)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_STORED if is_folder else zipfile.ZIP_DEFLATED
            with open(os.devnull if is_folder else source, "rb") as content:
                archive.writestr(entry, content.read())
    sys.exit()

with open(target, "wb") as output, gzip.GzipFile(filename="", mode="wb", fileobj=output, mtime=0) as packed:
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(paths):
            archive.add(os.path.join(parent, path), arcname=path, recursive=False, filter=plain)
