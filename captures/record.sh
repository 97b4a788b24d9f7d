#!/usr/bin/env bash
# Records the captures of this folder again: a resolver (unbound), client machines and a gateway, each in its own network
# namespace, on one bridge, with dumpcap or tcpdump beside them. Nothing leaves the namespaces.
#
#   sudo captures/record.sh [NAME ...]     NAME: 3cx-beacon clean tagged forwarder (default: all, and those made from them)
#
# Needs root, and: iproute2, ethtool, dumpcap and tshark (wireshark-common, tshark), tcpdump, dig and host (bind9-dnsutils,
# bind9-host), curl, python3, the .NET SDK; the resolver is unpacked by run.sh setup.
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)"
root="$(dirname -- "$here")"
recording="$here/recording"
unbound="$root/artifacts/servers/bin/unbound"
rule="$root/rules/sigmahq/dns_query_win_malware_3cx_compromise.yml"
work=
planted=
pids=()
spaces=(switch resolver branch gateway anna bert cara dora emil)

main() {
    need ip ethtool dumpcap tshark tcpdump dig host curl python3 dotnet
    [ "$(id -u)" -eq 0 ] || { printf 'record.sh: network namespaces need root\n' >&2; exit 1; }
    "$root/run.sh" setup
    work="$(mktemp -d)"
    trap clean_up EXIT
    CI='' dotnet build "$recording/lookup.cs" -o "$work/lookup" -v quiet >&2
    set_up_network
    start_servers

    if [ $# -eq 0 ]; then
        set -- 3cx-beacon clean tagged forwarder
    fi
    local name
    for name in "$@"; do
        printf 'recording %s\n' "$name" >&2
        "record_${name//-/_}"
    done
}

need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || { printf 'record.sh: %s is missing\n' "$program" >&2; exit 1; }
    done
}

# ---- the network: 192.0.2.0/24 and 2001:db8:20::/64; services behind the gateway on 198.51.100.0/24 ----------------

set_up_network() {
    local space
    for space in "${spaces[@]}"; do
        ip netns del "wd-$space" 2>/dev/null || true
        ip netns add "wd-$space"
        ip -n "wd-$space" link set lo up
    done
    ip -n wd-switch link add br0 type bridge
    in_space switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    ip -n wd-switch link set br0 address 02:00:5e:10:00:fe promisc on up

    plug resolver 53
    plug branch 54
    plug gateway 1
    plug anna 11
    plug bert 12
    plug cara 13
    plug dora 14
    plug emil 16
    local last
    for last in {10..70}; do
        ip -n wd-gateway address add "198.51.100.$last/32" dev lo
        ip -n wd-gateway -6 address add "2001:db8:80::$last/128" dev lo nodad
    done

    # What each machine's own resolver library does; the differences make the traffic varied.
    name_server anna 'nameserver 192.0.2.53' 'options edns0'
    name_server bert 'nameserver 192.0.2.53' 'search corp.example' 'options timeout:1 attempts:3'
    name_server cara 'nameserver 2001:db8:20::53'
    name_server dora 'nameserver 192.0.2.53' 'options use-vc single-request'
    name_server emil 'nameserver 2001:db8:20::53' 'nameserver 192.0.2.53' 'options edns0 trust-ad'
}

# plug SPACE LAST: connects a namespace to the bridge, with addresses that end in LAST.
plug() {
    local space="$1" last="$2"
    ip link add "wd-port" type veth peer name eth0 netns "wd-$space"
    ip link set wd-port netns wd-switch name "port$last"
    ip -n wd-switch link set "port$last" master br0 up
    in_space "$space" sysctl -qw net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.eth0.router_solicitations=0
    ip -n "wd-$space" link set eth0 address "$(printf '02:00:5e:10:00:%02d' "$last")" up
    ip -n "wd-$space" address add "192.0.2.$last/24" dev eth0
    ip -n "wd-$space" -6 address add "2001:db8:20::$last/64" dev eth0 nodad
    if [ "$space" != gateway ]; then
        ip -n "wd-$space" route add default via 192.0.2.1
        ip -n "wd-$space" -6 route add default via 2001:db8:20::1
    fi
    # The sender computes checksums, as on a wire, and does not leave them to a network card that does not exist.
    in_space "$space" ethtool -K eth0 tx off >/dev/null 2>&1
}

name_server() {
    local space="$1"
    shift
    mkdir -p -- "/etc/netns/wd-$space"
    printf '%s\n' "$@" >"/etc/netns/wd-$space/resolv.conf"
    printf 'hosts: dns\n' >"/etc/netns/wd-$space/nsswitch.conf"
}

in_space() {
    local space="$1"
    shift
    ip netns exec "wd-$space" "$@"
}

# Starts a program in a namespace; its process id is then in $started. (A function sent to the background would be a
# separate shell, with the program as a child that no signal reaches.)
start() {
    local space="$1"
    shift
    ip netns exec "wd-$space" "$@" </dev/null >>"$work/programs.log" 2>&1 &
    started=$!
    pids+=("$started")
}

start_servers() {
    sed "s|@WORK@|$work|" "$recording/unbound.conf" >"$work/unbound.conf"
    sed "s|@WORK@|$work|" "$recording/forwarder.conf" >"$work/forwarder.conf"
    cp -- "$recording/names.zone" "$work/names.zone"
    start resolver "$unbound" -d -c "$work/unbound.conf"
    resolver="$started"
    start branch "$unbound" -d -c "$work/forwarder.conf"
    mkdir -- "$work/web"
    printf 'a page\n' >"$work/web/index.html"
    start gateway python3 -m http.server --bind :: --directory "$work/web" 80
    wait_until 'the resolver answers' in_space anna dig +time=1 +tries=1 +short @192.0.2.53 time.windows.com
    wait_until 'the forwarder answers' in_space anna dig +time=1 +tries=1 +short @192.0.2.54 time.windows.com
    wait_until 'the gateway answers' in_space anna curl -sf -o /dev/null http://198.51.100.20/
    if grep -i error "$work/resolver.log" "$work/forwarder.log" >&2; then
        exit 1
    fi
}

wait_until() {
    local what="$1"
    shift
    for _ in {1..50}; do
        if [ -n "$("$@" 2>/dev/null && printf ok)" ]; then
            return
        fi
        sleep 0.1
    done
    printf 'record.sh: waited in vain until %s\n' "$what" >&2
    exit 1
}

clean_up() {
    local pid space
    for pid in "${pids[@]+"${pids[@]}"}"; do
        kill "$pid" 2>/dev/null || true
        kill -CONT "$pid" 2>/dev/null || true
    done
    wait
    for space in "${spaces[@]}"; do
        ip netns del "wd-$space" 2>/dev/null || true
        rm -rf -- "/etc/netns/wd-$space"
    done
    rmdir /etc/netns 2>/dev/null || true
    rm -rf -- "$work"
}

# ---- recording ---------------------------------------------------------------------------------------------------

# start_recording FILE PROGRAM ARGUMENT...: PROGRAM writes FILE from the bridge until stop_recording.
start_recording() {
    file="$1"
    shift
    planted="$work/planted"
    : >"$planted"
    rm -f -- "$file"
    : >"$work/programs.log"
    start switch "$@"
    recorder="$started"
    for _ in {1..100}; do
        [ -s "$file" ] && break
        sleep 0.1
    done
    [ -s "$file" ] || { cat -- "$work/programs.log" >&2; exit 1; }
    sleep 0.5
}

stop_recording() {
    sleep 1
    kill -TERM "$recorder"
    wait "$recorder" || true
    chmod 644 -- "$file"
}

with_dumpcap() { start_recording "$1" dumpcap -q -i br0 -B 16 -w "$1"; }
with_tcpdump() { start_recording "$1" tcpdump -q -i br0 -n -U -B 16384 -Z root -w "$1"; }

# The expectations are read from the finished capture with tshark, and must agree with what was planted.
expect() {
    python3 "$recording/expected.py" "$1" "$rule" ${planted:+--planted "$planted"} >"${1%.pcap*}.expected.jsonl"
}

# plant SPACE NAME...: notes that this machine is about to look up these names of the rule.
plant() {
    local addresses name
    addresses="$(in_space "$1" ip -o address show dev eth0 scope global | awk '{ sub("/.*", "", $4); print $4 }' | paste -sd ,)"
    shift
    for name in "$@"; do
        printf '%s\t%s\n' "$addresses" "$name" >>"$planted"
    done
}

pause() { sleep "0.$((RANDOM % 30 + 5))"; }

# Programs that look names up in their own way. Each is allowed to fail: a name may not exist.
library() { in_space "$1" getent ahosts "$2" >/dev/null || true; pause; }
fetch() { in_space "$1" curl -s -o /dev/null --max-time 3 "http://$2/" || true; pause; }
ask() { local space="$1"; shift; in_space "$space" dig +time=2 +tries=1 "$@" >/dev/null || true; pause; }
dns_client() { local space="$1"; shift; in_space "$space" "$work/lookup/lookup" "$@" >/dev/null || true; pause; }

morning() {
    library anna outlook.office365.com
    fetch anna www.msftconnecttest.com
    fetch bert detectportal.firefox.com
    library cara login.microsoftonline.com
    library anna wpad.corp.example
    ask emil @192.0.2.53 _ldap._tcp.dc._msdcs.corp.example SRV
    ask emil @192.0.2.53 _kerberos._tcp.corp.example SRV
    library dora time.apple.com
    library dora gateway.icloud.com
    library bert time.windows.com
    library bert settings-win.data.microsoft.com
    fetch anna update.googleapis.com
    fetch cara ocsp.digicert.com
    library cara clients2.google.com
    ask anna @192.0.2.53 www.google.com HTTPS
    library anna www.google.com
}

noon() {
    library anna teams.microsoft.com
    library anna slack.com
    ask cara @2001:db8:20::53 slack.com TYPE65
    library cara wss-primary.slack.com
    library bert edge.microsoft.com
    library bert msedge.api.cdp.microsoft.com
    library bert officecdn.microsoft.com
    fetch emil deb.debian.org
    fetch emil security.debian.org
    dns_client emil 192.0.2.53 udp api.nuget.org A api.nuget.org AAAA registry.npmjs.org A
    dns_client emil 192.0.2.53 tcp github.com A api.github.com A
    in_space anna host -t MX corp.example 192.0.2.53 >/dev/null || true
    ask anna @192.0.2.53 -x 192.0.2.25
    ask emil @192.0.2.53 dkim._domainkey.corp.example TXT
    ask emil @192.0.2.53 +noedns big.corp.example TXT
    library dora push.services.mozilla.com
    library anna typo-of-a-name.example
}

evening() {
    library anna zoom.us
    fetch anna www.wikipedia.org
    library cara ntp.ubuntu.com
    library dora 0.debian.pool.ntp.org
    fetch bert fe3.delivery.mp.microsoft.com
    library bert crl3.digicert.com
    ask bert @192.0.2.53 _sip._udp.corp.example SRV
    library bert pbx.corp.example
    library bert webmeeting.3cx.net
    library bert downloads-global.3cx.com
    ask emil @2001:db8:20::53 +tcp contoso.blob.core.windows.net A
    ask emil @192.0.2.53 printer-7.corp.example A
    library anna intranet.corp.example
    fetch cara update.googleapis.com
    ask dora @192.0.2.53 +tcp +keepopen r3.o.lencr.org A mail.corp.example AAAA corp.example TXT
}

# Names that look like the rule's but contain none of its 22, and answers that name one although the question does not.
lookalikes() {
    library bert msstorageazure.net
    library anna msedgeupdate.com
    library cara glcloudservices.com
    library anna pbxsource.com
    library dora officeaddons.co.uk
    ask emil @192.0.2.53 msstorage-azure.com A
    ask emil @192.0.2.53 azureonlinestorage.org A
    ask emil @2001:db8:20::53 +tcp sbmsawiki.example AAAA
    ask emil @192.0.2.53 sourceslabs.co A
}

record_3cx_beacon() {
    with_dumpcap "$here/3cx-beacon.pcapng"
    morning

    # bert has the compromised program: it asks as Windows software does, A and AAAA at once, and continues if one answers.
    plant bert msstorageazure.com
    fetch bert msstorageazure.com
    plant bert officestoragebox.com
    fetch bert officestoragebox.com
    plant bert www.msstorageazure.com
    library bert www.msstorageazure.com
    # Gone from the DNS; the library then tries the name below the search domain, which contains the domain as well.
    plant bert pbxcloudeservices.com pbxcloudeservices.com.corp.example
    library bert pbxcloudeservices.com
    plant bert pbxphonenetwork.com pbxphonenetwork.com.corp.example
    library bert pbxphonenetwork.com
    lookalikes
    noon

    # cara's resolver is reached over IPv6.
    plant cara visualstudiofactory.com
    library cara visualstudiofactory.com
    plant cara sourceslabs.com
    fetch cara sourceslabs.com
    plant cara akamaitechcloudservices.com
    library cara akamaitechcloudservices.com
    plant cara AzureOnlineStorage.com
    library cara AzureOnlineStorage.com

    # dora's library asks over TCP, one connection for A and AAAA.
    plant dora akamaicontainer.com
    library dora akamaicontainer.com
    plant dora zacharryblogs.com
    library dora zacharryblogs.com

    # emil's tools: mixed case, other types, other transports, subdomains, several questions on one connection.
    plant emil mSStOrAgEaZuRe.CoM
    ask emil @192.0.2.53 mSStOrAgEaZuRe.CoM A
    plant emil officeaddons.com
    ask emil @192.0.2.53 officeaddons.com HTTPS
    plant emil pbxsources.com
    ask emil @2001:db8:20::53 pbxsources.com TXT
    plant emil MSEDGEUPDATE.NET
    ask emil @2001:db8:20::53 +tcp MSEDGEUPDATE.NET A
    plant emil a.b.c.qwepoi123098.com
    ask emil @192.0.2.53 a.b.c.qwepoi123098.com AAAA
    plant emil azuredeploystore.com dunamistrd.com
    dns_client emil 192.0.2.53 udp azuredeploystore.com A dunamistrd.com AAAA
    plant emil glcloudservice.com sbmsa.wiki
    dns_client emil 192.0.2.53 tcp glcloudservice.com A ntp.ubuntu.com A sbmsa.wiki A
    plant emil Journalide.Org msedgepackageinfo.com
    ask emil @192.0.2.53 +tcp +keepopen Journalide.Org A api.github.com A msedgepackageinfo.com AAAA
    plant emil xn--azureonlinecloud-3cx.azureonlinecloud.com
    ask emil @192.0.2.53 +noedns xn--azureonlinecloud-3cx.azureonlinecloud.com A

    # No name of the attackers, but the rule says "contains", so it must be found.
    plant emil sbmsa.wikia.example
    ask emil @2001:db8:20::53 +tcp sbmsa.wikia.example AAAA

    # The resolver is late: the library asks again, with the same id from the same port. That is still one lookup.
    plant bert msstorageboxes.com msstorageboxes.com.corp.example
    kill -STOP "$resolver"
    in_space bert getent ahostsv4 msstorageboxes.com >/dev/null &
    local late=$!
    sleep 1.4
    kill -CONT "$resolver"
    wait "$late" || true

    evening
    stop_recording
    python3 "$recording/anonymous.py" "$here/3cx-beacon.pcapng"
    expect "$here/3cx-beacon.pcapng"
    halves
}

# What a mirror of only one direction would have delivered: cut from the beacon's capture.
halves() {
    local to='udp.dstport == 53 or tcp.dstport == 53' from='udp.srcport == 53 or tcp.srcport == 53'
    planted=
    tshark -r "$here/3cx-beacon.pcapng" -Y "$to" -F pcap -w "$here/queries-only.pcap" 2>/dev/null
    tshark -r "$here/3cx-beacon.pcapng" -Y "$from" -F pcap -w "$here/responses-only.pcap" 2>/dev/null
    expect "$here/queries-only.pcap"
    expect "$here/responses-only.pcap"
}

record_clean() {
    with_tcpdump "$here/clean.pcap"
    morning
    lookalikes
    noon
    ask emil @192.0.2.53 cdn-edge.example.net A
    library anna cdn-edge.example.net
    ask emil @192.0.2.53 blocklist.corp.example TXT
    ask emil @192.0.2.53 +tcp news.example.org MX
    evening
    stop_recording
    expect "$here/clean.pcap"
}

record_tagged() {
    with_tcpdump "$work/untagged.pcap"
    library anna www.google.com
    plant bert officeaddons.com
    library bert officeaddons.com
    fetch anna update.googleapis.com
    plant cara sourceslabs.com
    library cara sourceslabs.com
    library cara login.microsoftonline.com
    plant dora msedgeupdate.net
    library dora msedgeupdate.net
    plant emil pbxsources.com
    ask emil @192.0.2.53 +tcp pbxsources.com A
    plant emil VisualStudioFactory.com
    ask emil @192.0.2.53 VisualStudioFactory.com HTTPS
    plant emil zacharryblogs.com
    ask emil @2001:db8:20::53 zacharryblogs.com AAAA
    library anna msstorageazure.net
    stop_recording
    python3 "$recording/tag.py" "$work/untagged.pcap" "$here/tagged.pcap"
    expect "$here/tagged.pcap"
}

record_forwarder() {
    with_dumpcap "$here/forwarder.pcapng"
    # Many at once: the forwarder passes them on over a few connections, without waiting for the answers.
    plant anna akamaitechcloudservices.com
    plant bert msstorageazure.com
    plant branch akamaitechcloudservices.com msstorageazure.com pbxphonenetwork.com
    plant cara pbxphonenetwork.com
    kill -STOP "$resolver"
    local asked=() name
    in_space anna dig +time=5 +tries=1 @192.0.2.54 akamaitechcloudservices.com A >/dev/null & asked+=($!)
    in_space bert dig +time=5 +tries=1 @192.0.2.54 msstorageazure.com AAAA >/dev/null & asked+=($!)
    in_space cara dig +time=5 +tries=1 @192.0.2.54 pbxphonenetwork.com A >/dev/null & asked+=($!)
    for name in github.com zoom.us api.nuget.org slack.com www.wikipedia.org; do
        in_space dora dig +time=5 +tries=1 @192.0.2.54 "$name" A >/dev/null & asked+=($!)
    done
    sleep 0.4
    kill -CONT "$resolver"
    wait "${asked[@]}" || true
    in_space anna dig +time=5 +tries=1 @192.0.2.54 edge.microsoft.com A >/dev/null || true
    stop_recording
    python3 "$recording/anonymous.py" "$here/forwarder.pcapng"
    expect "$here/forwarder.pcapng"
}

main "$@"
