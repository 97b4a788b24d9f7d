#!/usr/bin/env python3
"""Renews public-suffix-list.txt beside this file.

    renew-public-suffix-list.py FILE VERSION

FILE is the public suffix list as its maintainers publish it (https://publicsuffix.org/list/public_suffix_list.dat, or
/usr/share/publicsuffix/public_suffix_list.dat of Debian's package publicsuffix), VERSION what the header shall say of it.
Comments are left out, names outside ASCII are written as they are on the wire, and each top-level domain has one line with its rules, so
that the product loads the list fast.
"""

import pathlib
import sys

HEADER = """\
// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not
// distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
//
// The public suffix list, {version}, ICANN's section and the private one. Made from the list of
// https://publicsuffix.org/ by renew-public-suffix-list.py: without comments, names in their xn-- form,
// each top-level domain and its rules on one line. Changes belong there.
"""


def wire_form(rule: str) -> str:
    """The rule with each label as names carry it. The list is in normal form already, so a label needs no more than Punycode."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in rule.split(".")
    )


def lines_of(rules: list[str]) -> list[str]:
    """A line for each top-level domain: its name, and its rules, each after those for the names above it."""
    lines: dict[str, list[tuple[list[str], str]]] = {}
    for rule in rules:
        labels = rule.removeprefix("!").split(".")[::-1]
        lines.setdefault(labels[0], []).append((labels, rule))
    return [" ".join([name] + [rule for _, rule in sorted(lines[name])]) for name in sorted(lines)]


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    lines = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    rules = [wire_form(line.split()[0]) for line in lines if line.strip() and not line.startswith("//")]
    if len(rules) < 5000 or "com" not in rules or "*.ck" not in rules or "!www.ck" not in rules:
        sys.exit(f"{sys.argv[1]}: this is not the whole list")
    target = pathlib.Path(__file__).with_name("public-suffix-list.txt")
    target.write_text(HEADER.format(version=sys.argv[2]) + "\n".join(lines_of(rules)) + "\n", encoding="ascii")
    print(f"{target}: {len(rules)} rules")


if __name__ == "__main__":
    main()
