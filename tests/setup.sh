# shellcheck shell=bash
# What the tests need from the system besides the product itself. run.sh sources this file, and gives it `root`,
# `servers`, `dotnet` and the functions say, apt_install, apt_update, has_package, is_apt and quietly.

# The tests of live capture and of syslog run against real programs in network namespaces. A package that would start a
# service on installation is unpacked under artifacts/servers instead, so this machine's own logger and resolver stay as
# they are. A test whose program is missing is skipped and says so.
setup_tests() {
    if [ "$(uname -s)" != Linux ]; then
        return
    fi
    if ! command -v ip >/dev/null 2>&1 && ! apt_install iproute2; then
        say "tests of live capture need 'ip' (iproute2); without it they are skipped."
    fi
    if ! command -v valgrind >/dev/null 2>&1 && ! apt_install valgrind; then
        say "the test of instructions per packet needs valgrind; without it it is skipped."
    fi
    if ! command -v parallel >/dev/null 2>&1 && ! apt_install parallel; then
        say "the test of 'read --manifest' with GNU parallel needs it; without it it is skipped."
    fi
    if ! ldconfig -p 2>/dev/null | grep -q 'librdkafka[.]so[.]1' && ! apt_install librdkafka1; then
        say "the tests of alerts in Kafka need librdkafka1; without it they are skipped."
    fi
    setup_powershell
    setup_container
    setup_debian_package
    unpack_server rsyslog rsyslogd usr/sbin/rsyslogd rsyslog-relp rsyslog-openssl
    unpack_server syslog-ng-core syslog-ng usr/sbin/syslog-ng
    unpack_server unbound unbound usr/sbin/unbound
    unpack_server wireshark-common capinfos usr/bin/capinfos
    unpack_server tshark tshark usr/bin/tshark
    if ! command -v tmux >/dev/null 2>&1; then
        unpack_server tmux tmux usr/bin/tmux
    fi
    unpack_server prometheus prometheus usr/bin/prometheus
    also_start prometheus promtool usr/bin/promtool
    setup_browser
    setup_kubernetes
    # Newer suites have it; without it, the tests check signatures only by the documented grammar.
    if ! command -v suricata >/dev/null 2>&1 && has_package suricata; then
        unpack_server suricata suricata usr/bin/suricata
    fi
}

# The page of 'wiredns report' is tested in Chromium, which Playwright drives: its driver and axe-core are npm packages. They and
# the browser lie under artifacts/, and nothing is installed on the machine but Node.js where it is missing.
setup_browser() {
    local sources="$root/tests/WireDns.Tests/Reporting/Browser" folder="$root/artifacts/browser"
    if ! has_package chromium-headless-shell && ! { apt_update && has_package chromium-headless-shell; }; then
        say "the tests of the report's page need Debian's chromium-headless-shell; without it they are skipped."
        return
    fi
    unpack_server chromium-headless-shell chromium usr/lib/chromium/chromium-headless-shell fontconfig-config fonts-dejavu-core
    if ! command -v npm >/dev/null 2>&1 && ! { apt_install nodejs && apt_install npm; }; then
        say "the tests of the report's page need npm (Node.js 18 or later); without it they are skipped."
        return
    fi
    if ! cmp -s "$sources/package-lock.json" "$folder/package-lock.json"; then
        say "fetching Playwright and axe-core for the tests of the report's page"
        rm -rf -- "$folder"
        mkdir -p -- "$folder"
        cp -- "$sources/package.json" "$folder/"
        cp -- "$sources/package-lock.json" "$folder/"
        if ! (cd -- "$folder" && quietly npm ci --no-audit --no-fund --ignore-scripts); then
            rm -rf -- "$folder"
            say "the tests of the report's page are skipped: npm could not fetch their packages."
        fi
    fi
}

# The manifests for Kubernetes are put together by kubectl, and compared with the types of its objects, which npm packages have.
setup_kubernetes() {
    local sources="$root/tests/WireDns.Tests/Deploy/Kubernetes" folder="$root/artifacts/kubernetes"
    if ! command -v kubectl >/dev/null 2>&1 && ! apt_install kubernetes-client; then
        say "the test of the Kubernetes manifests needs kubectl; without it it is skipped."
        return
    fi
    if command -v npm >/dev/null 2>&1 && ! cmp -s "$sources/package-lock.json" "$folder/package-lock.json"; then
        say "fetching the types of Kubernetes' objects for the test of the manifests"
        rm -rf -- "$folder"
        mkdir -p -- "$folder"
        cp -- "$sources/package.json" "$sources/package-lock.json" "$folder/"
        if ! (cd -- "$folder" && quietly npm ci --no-audit --no-fund --ignore-scripts); then
            rm -rf -- "$folder"
            say "the test of the Kubernetes manifests is skipped: npm could not fetch its packages."
        fi
    fi
}

# run.ps1 is tested under PowerShell 7, which is a NuGet package.
setup_powershell() {
    if [ -d "$servers/powershell/.store" ] || [ -z "$dotnet" ]; then
        return
    fi
    say "fetching PowerShell for the test of run.ps1"
    if ! quietly "$dotnet" tool install --tool-path "$servers/powershell" PowerShell --version 7.6.9; then
        say "the test of run.ps1 is skipped: PowerShell could not be fetched."
    fi
}

# The test of the container builds its image on its own small Debian, because no registry is used. podman's package
# brings services with it, which are not wanted on a machine that runs some: there its owner has to install it.
setup_container() {
    if [ "$(id -u)" -ne 0 ] || ! is_apt; then
        say "the test of the container needs root and Debian or Ubuntu; elsewhere it is skipped."
        return
    fi
    local program base="$root/artifacts/container/base.tar"
    for program in debootstrap buildah runc podman; do
        if command -v "$program" >/dev/null 2>&1; then
            continue
        fi
        if [ -d /run/systemd/system ] || ! apt_install "$program"; then
            say "the test of the container needs $program ('apt-get install $program'); without it it is skipped."
            return
        fi
    done
    if [ -f "$base" ]; then
        return
    fi
    say "making a base image for the test of the container with debootstrap"
    local folder="$root/artifacts/container/base"
    rm -rf -- "$folder"
    mkdir -p -- "$folder"
    if quietly debootstrap --variant=minbase bookworm "$folder" && rm -f -- "$folder"/var/cache/apt/archives/*.deb &&
        tar -C "$folder" --exclude='./dev/*' -cf "$base.new" .; then
        mv -- "$base.new" "$base"
    else
        say "the test of the container is skipped: debootstrap made no base image."
    fi
    rm -rf -- "$folder"
}

# The Debian package is made by debhelper, judged by lintian, and installed into a Debian that systemd has booted in a container of its own; the completions
# are tried in their shells.
setup_debian_package() {
    if [ "$(id -u)" -ne 0 ] || ! is_apt; then
        say "the tests of the Debian package need root and Debian or Ubuntu; elsewhere they are skipped."
        return
    fi
    local program package booted="$root/artifacts/container/booted.tar" folder="$root/artifacts/container/booted"
    for program in dh:debhelper lintian:lintian systemd-nspawn:systemd-container fish:fish zsh:zsh; do
        package="${program#*:}"
        if ! command -v "${program%%:*}" >/dev/null 2>&1 && ! apt_install "$package"; then
            say "tests of the Debian package and of completions need $package ('apt-get install $package'); without it some are skipped."
        fi
    done
    if [ -f "$booted" ] || [ ! -f "$root/artifacts/container/base.tar" ]; then
        return
    fi
    say "making a Debian with systemd for the tests of the service"
    rm -rf -- "$folder"
    mkdir -p -- "$folder"
    if tar -C "$folder" -xf "$root/artifacts/container/base.tar" && cp -- /etc/resolv.conf "$folder/etc/" && mknod -m 666 "$folder/dev/null" c 1 3 &&
        quietly chroot "$folder" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            systemd systemd-sysv dbus libpcap0.8 ca-certificates curl && apt-get clean" &&
        tar -C "$folder" --exclude='./dev/*' -cf "$booted.new" .; then
        mv -- "$booted.new" "$booted"
    else
        say "the tests of the service are skipped: no Debian with systemd could be made."
    fi
    rm -rf -- "$folder"
}

# unpack_server PACKAGE PROGRAM PATH [MORE-PACKAGES]: unpacks the packages, and those they depend on that are not installed,
# without running their install scripts, and leaves a starter artifacts/servers/bin/PROGRAM. Needs no root.
unpack_server() {
    local package="$1" program="$2" path="$3"
    shift 3
    local folder="$servers/$package" starter="$servers/bin/$program"
    if [ -x "$starter" ]; then
        return
    fi
    if ! is_apt; then
        say "tests that need $program are skipped: it is unpacked from the package $package with apt-get, which is not here."
        return
    fi
    say "unpacking $package for the tests"
    rm -rf -- "$folder"
    mkdir -p -- "$folder/packages" "$servers/bin"
    if ! download "$folder/packages" "$package" "$@" && ! { apt_update && download "$folder/packages" "$package" "$@"; }; then
        say "tests that need $program are skipped: the package $package could not be downloaded ('apt-get update' may help)."
        return
    fi
    local archive
    for archive in "$folder"/packages/*.deb; do
        dpkg -x "$archive" "$folder"
    done
    rm -rf -- "$folder/packages"
    write_starter "$folder" "$path" >"$starter.new"
    chmod +x -- "$starter.new"
    mv -- "$starter.new" "$starter"
}

# also_start PACKAGE PROGRAM PATH: another starter, for a package that unpack_server has unpacked.
also_start() {
    local folder="$servers/$1" starter="$servers/bin/$2"
    if [ ! -x "$starter" ] && [ -x "$folder/$3" ]; then
        write_starter "$folder" "$3" >"$starter.new"
        chmod +x -- "$starter.new"
        mv -- "$starter.new" "$starter"
    fi
}

download() {
    local into="$1" needed
    shift
    needed="$(apt-get -s -qq install --no-install-recommends "$@" 2>/dev/null | awk '/^Inst / { print $2 }')" || return 1
    # The named packages are needed even if they are installed; apt-get does not accept a name twice.
    needed="$(printf '%s\n' "$@" "$needed" | sort -u)"
    (
        cd -- "$into"
        # As root, apt would drop to its own user, who may not write here.
        # shellcheck disable=SC2086 # package names, one per line
        apt-get download -qq -o APT::Sandbox::User=root $needed >&2
    )
}

write_starter() {
    local folder="$1" path="$2" library
    # A package may have no libraries at all.
    library="$(cd -- "$folder" && { find usr/lib -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null || true; } | head -n 1)"
    cat <<STARTER
#!/bin/sh
# Starts a server that was unpacked rather than installed, with its own libraries.
here="\$(cd -- "\$(dirname -- "\$0")/.." && pwd -P)/$(basename -- "$folder")"
LD_LIBRARY_PATH="\$here/${library:-usr/lib}:\$here/${library#usr/}\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
STARTER
    # Where a library of its own lies that is not on the usual path. (The starter expands these variables, not this script.)
    # shellcheck disable=SC2016
    if [ -d "$folder/${library:-usr/lib}/pulseaudio" ]; then
        printf 'LD_LIBRARY_PATH="$here/%s/pulseaudio:$LD_LIBRARY_PATH"\n' "$library"
    fi
    # shellcheck disable=SC2016
    if [ -d "$folder/usr/share/fonts" ]; then
        printf 'XDG_DATA_HOME="$here/usr/share" FONTCONFIG_PATH="$here/etc/fonts"\nexport XDG_DATA_HOME FONTCONFIG_PATH\n'
    fi
    if [ -d "$folder/${library:-usr/lib}/rsyslog" ]; then
        printf 'exec "%s" -M "%s" "$@"\n' "\$here/$path" "\$here/$library/rsyslog"
    elif [ -d "$folder/usr/lib/syslog-ng" ]; then
        local modules
        modules="$(cd -- "$folder" && find usr/lib/syslog-ng -maxdepth 1 -type d -name '[0-9]*' | head -n 1)"
        # shellcheck disable=SC2016 # the starter expands it, not this script
        printf 'LD_LIBRARY_PATH="%s:$LD_LIBRARY_PATH" exec "%s" --module-path="%s" "$@"\n' \
            "\$here/usr/lib/syslog-ng" "\$here/$path" "\$here/$modules"
    else
        printf 'exec "%s" "$@"\n' "\$here/$path"
    fi
}
