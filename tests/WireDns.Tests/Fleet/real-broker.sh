#!/usr/bin/env bash
# real-broker.sh BROKERS TOPIC [PROPERTIES [SIGNALS]]: sends the alerts of a shipped capture to a cluster of your own, and compares what kcat reads from the topic.
# PROPERTIES is a file for librdkafka (docs/fleet.md). Needs wiredns, librdkafka1, kcat and jq. The topic must be new, or empty.
# With SIGNALS, another topic that is new or empty, correlations are run by way of signals, for a minute, and compared, too. PROPERTIES may be "".
set -euo pipefail
brokers="${1:?BROKERS, as kafka1:9092,kafka2:9092}" topic="${2:?TOPIC}" properties="${3:-}" signals="${4:-}"
root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd)"
capture="$root/captures/3cx-beacon.pcapng"
folder="$(mktemp -d)"
trap 'rm -rf -- "$folder"' EXIT

wiredns read "$capture" -r "$root/rules" -f ecs -q | jq -r .event.id | sort >"$folder/expected"
wiredns read "$capture" -r "$root/rules" -q -o "kafka://$brokers/$topic,format=ecs${properties:+,properties=$properties}"
kcat -C -e -q -b "$brokers" -t "$topic" ${properties:+-F "$properties"} -f '%k\n' | sort >"$folder/found"
if diff -u "$folder/expected" "$folder/found"; then
    echo "$(wc -l <"$folder/found") alerts were sent, and each is in the topic once"
fi

if [[ -n "$signals" ]]; then
    capture="$root/captures/correlations/null_rate.pcap.gz"
    wiredns read "$capture" -r "$root/rules/dns" -f ecs -q | jq -r 'select(.wiredns.correlation) | .event.id' | sort >"$folder/expected"
    wiredns read "$capture" -r "$root/rules/dns" -q --signals "kafka://$brokers/$signals${properties:+,properties=$properties}"
    timeout --signal=TERM 60 wiredns correlate --from "kafka://$brokers/$signals,group=real-broker-$$${properties:+,properties=$properties}" -r "$root/rules/dns" -f ecs >"$folder/alerts" || true
    jq -r .event.id "$folder/alerts" | sort -u >"$folder/found"
    if diff -u "$folder/expected" "$folder/found"; then
        echo "$(wc -l <"$folder/found") correlations were found in the signals"
    fi
fi
