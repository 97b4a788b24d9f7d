#!/usr/bin/env bash
# real-clickhouse.sh RULES CAPTURE...: compares, rule for rule, the lookups that ClickHouse finds with the query of `rules convert --to clickhouse` with those that DuckDB finds.
# Needs wiredns and wiredns-sql, clickhouse 23 or later (the program `clickhouse`, as clickhouse-local: no server), and jq.
set -euo pipefail
rules="${1:?RULES}"
shift
folder="$(mktemp -d)"
trap 'rm -rf -- "$folder"' EXIT

wiredns read "$@" -q -o "parquet:$folder/log,sensor=s1,ids=yes"
# A rule that is refused is named on stderr, with status 1.
wiredns rules convert "$rules" --to duckdb --table lookups --format json >"$folder/duckdb.jsonl" || true
wiredns rules convert "$rules" --to clickhouse --table dns_log --format json >"$folder/clickhouse.jsonl" || true
files="$folder/log/**/*.parquet"

compared=0 different=0 refused=0
while read -r rule; do
    id="$(jq -r .id <<<"$rule")" title="$(jq -r .title <<<"$rule")"
    other="$(jq -c --arg id "$id" 'select(.id == $id)' "$folder/clickhouse.jsonl")"
    if [ "$(jq -r .query <<<"$rule")" = null ] || [ "$(jq -r .query <<<"$other")" = null ]; then
        refused=$((refused + 1))
        continue
    fi
    { printf 'SELECT lookup_id FROM (' && jq -r '.query | rtrimstr(";")' <<<"$rule" && printf ')'; } >"$folder/query.sql"
    wiredns hunt "$folder/log" --sql "@$folder/query.sql" --sql-format csv 2>"$folder/errors" | tail -n +2 | sort >"$folder/expected"
    {
        printf "CREATE VIEW dns_log AS SELECT * FROM file('%s', Parquet);\n" "$files"
        printf 'SELECT lower(hex(lookup_id)) FROM (' && jq -r '.query | rtrimstr(";")' <<<"$other" && printf ') FORMAT TSV;\n'
    } >"$folder/query.ch"
    clickhouse local --queries-file "$folder/query.ch" | sort >"$folder/found"
    compared=$((compared + 1))
    if ! diff -u "$folder/expected" "$folder/found" >"$folder/difference"; then
        different=$((different + 1))
        printf '%s (%s):\n' "$title" "$id"
        head -n 10 "$folder/difference"
    fi
done <"$folder/duckdb.jsonl"
printf '%d rules compared, %d of them different; %d are not said exactly and were left out\n' "$compared" "$different" "$refused"
[ "$different" -eq 0 ] && [ "$compared" -gt 0 ]
