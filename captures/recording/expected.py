"""Prints what alerts a rule must give for a capture, read with tshark and not with WireDns.

    expected.py CAPTURE RULE [--planted FILE]

The rule must be one list of values under a contains modifier on the queried name. A lookup is one alert: messages with the
same ends, ports, transport, id and question (whatever the case of its letters), with less than ten seconds between them,
are one lookup; its alert stands at the first of them, the query where it was captured, else the response. With --planted,
the lookups found must be those that the recording script planted: lines of "address,address<TAB>name".
"""

import argparse
import json
import re
import subprocess
import sys

TYPES = {1: "A", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 65: "HTTPS"}
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport",
          "tcp.srcport", "tcp.dstport", "dns.id", "dns.flags.response", "dns.qry.name", "dns.qry.type"]
PREFERENCES = ["tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE", "dns.desegment_dns_messages:TRUE",
               "ip.defragment:TRUE", "ipv6.defragment:TRUE"]
TIMEOUT_IN_SECONDS = 10


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("capture")
    arguments.add_argument("rule")
    arguments.add_argument("--planted")
    options = arguments.parse_args()

    rule, patterns = read_rule(options.rule)
    alerts = [alert | {"rule": rule} for alert in find_alerts(messages(options.capture), patterns)]
    for alert in alerts:
        print(json.dumps(alert))
    if options.planted:
        compare(alerts, options.planted)


def read_rule(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    rule = re.search(r"^id: (\S+)$", text, re.MULTILINE).group(1)
    values = re.search(r"^ +QueryName\|contains:\n((?: +- .*\n)+)", text, re.MULTILINE).group(1)
    return rule, [value.lower() for value in re.findall(r"- '([^'*?\\]+)'", values)]


def messages(capture):
    """Every DNS message of the capture, in the order of the packets that complete them."""
    command = ["tshark", "-n", "-r", capture, "-Y", "dns && !icmp && !icmpv6", "-T", "fields",
               "-E", "separator=/t", "-E", "aggregator=|"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in FIELDS:
        command += ["-e", field]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    for line in output.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        transport = "udp" if row["udp.srcport"] else "tcp"
        source = (row["ip.src"] or row["ipv6.src"], int(row[transport + ".srcport"]))
        target = (row["ip.dst"] or row["ipv6.dst"], int(row[transport + ".dstport"]))
        if 53 not in (source[1], target[1]):
            continue
        columns = [row[field].split("|") for field in FIELDS[-4:]]
        if len({len(column) for column in columns}) != 1:
            sys.exit(f"{capture}: frame {row['frame.number']}: not one question in each message")
        for dns_id, response, name, kind in zip(*columns):
            is_response = response in ("1", "True")
            yield {"frame": int(row["frame.number"]), "ts": row["frame.time_epoch"], "transport": transport,
                   "client": target if is_response else source, "server": source if is_response else target,
                   "id": int(dns_id, 0), "response": is_response, "name": name, "type": int(kind, 0)}


def find_alerts(found, patterns):
    last_seen = {}
    for message in found:
        matched = [pattern for pattern in patterns if pattern in message["name"].lower()]
        if not matched:
            continue
        if len(matched) > 1:
            sys.exit(f"{message['name']} matches {matched}: say which one an alert names")
        lookup = (message["client"], message["server"], message["transport"], message["id"], message["name"].lower(),
                  message["type"])
        seconds = float(message["ts"])
        is_known = lookup in last_seen and seconds - last_seen[lookup] < TIMEOUT_IN_SECONDS
        last_seen[lookup] = seconds
        if is_known:
            continue
        yield {"frame": message["frame"], "ts": message["ts"], "transport": message["transport"],
               "client": message["client"][0], "client_port": message["client"][1], "server": message["server"][0],
               "id": message["id"], "name": message["name"], "type": TYPES[message["type"]], "pattern": matched[0],
               "response_only": message["response"]}


def compare(alerts, planted):
    with open(planted, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    wanted = {(addresses, name.lower()) for addresses, name in rows}
    hosts = {address: addresses for addresses, _ in wanted for address in addresses.split(",")}
    found = {(hosts.get(alert["client"], alert["client"]), alert["name"].lower()) for alert in alerts}
    if wanted != found:
        sys.exit(f"planted and not found: {sorted(wanted - found)}; found and not planted: {sorted(found - wanted)}")


main()
