#!/usr/bin/env python3
"""Draws a terminal's output, with its colours, as an SVG picture.

usage: COMMAND 2>&1 | docs/terminal-svg.py "TITLE" > picture.svg

docs/terminal.svg was made so, on a terminal of 100 columns:
    wiredns read captures/tagged.pcap -r rules/ -f table --color always --max-alerts 3 2>&1 |
        docs/terminal-svg.py "wiredns read captures/tagged.pcap -r rules/ -f table --max-alerts 3"
"""
import html
import re
import sys

COLOURS = {30: "#45475a", 31: "#f38ba8", 32: "#a6e3a1", 33: "#f9e2af", 34: "#89b4fa", 35: "#cba6f7", 36: "#89dceb", 37: "#ffffff"}
WIDTH, LINE, SIZE = 8.4, 20, 14
# Browsers draw several of these as several; of plain spaces they draw one, and then stretch the letters to the length.
NO_BREAK = "\u00a0"


def spans(line):
    """Yields (text, style) for a line with SGR sequences."""
    style, position = {}, 0
    for match in re.finditer(r"\x1b\[([0-9;]*)m", line):
        yield line[position:match.start()], dict(style)
        position = match.end()
        for code in (int(c or 0) for c in match[1].split(";")):
            if code == 0:
                style = {}
            elif code == 1:
                style["font-weight"] = "bold"
            elif code == 2:
                style["opacity"] = "0.7"
            elif code == 4:
                style["text-decoration"] = "underline"
            elif code in COLOURS:
                style["fill"] = COLOURS[code]
            elif code == 39:
                style.pop("fill", None)
                if "ground" in style:
                    style["fill"] = "#1e1e2e"
            elif code == 7:
                style["ground"], style["fill"] = "#cdd6f4", "#1e1e2e"
            elif code == 41:
                style["ground"], style["fill"] = "#f38ba8", "#1e1e2e"
    yield line[position:], dict(style)


def draw(lines, title):
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = max(len(line) for line in plain + [title]) * WIDTH + 40
    height = len(lines) * LINE + 70
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}" role="img">',
           f"<title>{html.escape(title)}</title>",
           f'<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>',
           '<circle cx="20" cy="18" r="6" fill="#f38ba8"/><circle cx="40" cy="18" r="6" fill="#f9e2af"/><circle cx="60" cy="18" r="6" fill="#a6e3a1"/>',
           f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="{SIZE}" fill="#cdd6f4">']
    for number, line in enumerate(["\x1b[1m$ " + title + "\x1b[0m"] + lines):
        y, column, row = 52 + number * LINE, 0, []
        grounds = []
        for text, style in spans(line):
            if text:
                if ground := style.pop("ground", None):
                    grounds.append(f'<rect x="{20 + column * WIDTH:.1f}" y="{y - 15}" width="{len(text) * WIDTH:.1f}" height="{LINE}" fill="{ground}"/>')
                attributes = "".join(f' {name}="{value}"' for name, value in style.items())
                row.append(f'<tspan x="{20 + column * WIDTH:.1f}" textLength="{len(text) * WIDTH:.1f}"{attributes}>{html.escape(text).replace(" ", NO_BREAK)}</tspan>')
                column += len(text)
        out += grounds
        out.append(f'<text y="{y}">{"".join(row)}</text>')
    return "\n".join(out + ["</g>", "</svg>", ""])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(draw(sys.stdin.read().rstrip("\n").split("\n"), sys.argv[1]))
