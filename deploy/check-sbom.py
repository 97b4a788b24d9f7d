#!/usr/bin/env python3
"""check-sbom.py CYCLONEDX_CORE_DLL FILE: checks a bill of materials against the JSON Schema of its version. The schemas are resources of the
CycloneDX tool's own library: a length of four octets, then the text. Needs python3-jsonschema; without it, says so and ends with status 3."""

import json
import re
import sys

try:
    import jsonschema
except ImportError:
    print("check-sbom: python3-jsonschema is not here, so the SBOM was not checked", file=sys.stderr)
    sys.exit(3)

with open(sys.argv[1], "rb") as file:
    library = file.read()
with open(sys.argv[2], encoding="utf-8") as file:
    bom = json.load(file)


def schema(name: str) -> dict:
    found = re.search(rb'"\$id"\s*:\s*"http://cyclonedx\.org/schema/' + re.escape(name.encode()) + rb'"', library)
    if found is None:
        sys.exit(f"check-sbom: the tool has no schema {name}")
    for start in range(found.start(), max(0, found.start() - 400), -1):
        length = int.from_bytes(library[start - 4 : start], "little")
        if library[start : start + 1] in (b"{", b"\xef") and found.end() - start < length < 2_000_000:
            return json.loads(library[start : start + length].decode("utf-8-sig"))
    sys.exit(f"check-sbom: the schema {name} cannot be taken out of the tool")


names = [f"bom-{bom['specVersion']}.schema.json", "spdx.schema.json", "jsf-0.82.schema.json"]
schemas = {name: schema(name) for name in names}
resolver = jsonschema.RefResolver(
    base_uri="http://cyclonedx.org/schema/" + names[0], referrer=schemas[names[0]],
    store={"http://cyclonedx.org/schema/" + name: text for name, text in schemas.items()})
validator = jsonschema.Draft7Validator(schemas[names[0]], resolver=resolver)
faults = [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}" for fault in validator.iter_errors(bom)]
if validator.is_valid({"bomFormat": "none"}):
    faults.append("the schema allows anything")
if faults:
    sys.exit("check-sbom: " + "\n".join(faults))
print(f"check-sbom: valid by {names[0]}, {len(bom['components'])} components", file=sys.stderr)
