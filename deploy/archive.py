#!/usr/bin/env python3
"""archive.py PARENT NAME TIME FILE: the folder PARENT/NAME as FILE (tar.gz). Depends on nothing but its content and TIME:
tar and gzip of different systems differ in more than that."""

import gzip
import os
import sys
import tarfile

parent, name, time, target = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = time
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


paths = [name]
for folder, folders, files in os.walk(os.path.join(parent, name)):
    paths += [os.path.relpath(os.path.join(folder, entry), parent) for entry in folders + files]

with open(target, "wb") as output, gzip.GzipFile(filename="", mode="wb", fileobj=output, mtime=0) as packed:
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(paths):
            archive.add(os.path.join(parent, path), arcname=path, recursive=False, filter=plain)
