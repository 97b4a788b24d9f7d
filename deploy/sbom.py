#!/usr/bin/env python3
"""sbom.py IN TIME OUT: a CycloneDX bill of materials with the time of the commit instead of today's, and with what is in the program but in
no NuGet package: the public suffix list, and the .NET runtime that a native binary has in it."""

import datetime
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    bom = json.load(file)

bom["metadata"]["timestamp"] = datetime.datetime.fromtimestamp(int(sys.argv[2]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
# Their nuspec has the address of a licence file, which is MIT's, and no expression.
for component in bom["components"]:
    if component["name"].startswith("K4os."):
        component["licenses"] = [{"license": {"id": "MIT"}}]

bom["components"] += [
    {
        "type": "data",
        "bom-ref": "public-suffix-list",
        "name": "public-suffix-list",
        "description": "The public suffix list, without comments (src/WireDns.Detection/Data/public-suffix-list.txt).",
        "licenses": [{"license": {"id": "MPL-2.0"}}],
        "externalReferences": [{"type": "website", "url": "https://publicsuffix.org/"}],
    },
    {
        "type": "framework",
        "bom-ref": "dotnet-runtime",
        "name": "dotnet-runtime",
        "description": "The .NET runtime and libraries, in native binaries.",
        "licenses": [{"license": {"id": "MIT"}}],
        "externalReferences": [{"type": "website", "url": "https://github.com/dotnet/runtime"}],
    },
]

with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump(bom, file, indent=2, sort_keys=True)
    file.write("\n")
