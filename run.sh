#!/usr/bin/env bash
# Sets up, builds if sources changed, and runs WireDns.
#
#   ./run.sh                    run the shipped rules over the shipped capture
#   ./run.sh read FILE -r RULES any command of wiredns, with its arguments, from where you stand
#   ./run.sh build              build, and print the path of the executable as the last line
#   ./run.sh publish [CPU]      compile the native binary, and print its path as the last line: for any processor, or for
#                               one kind only (x86-64-v3 has AVX2 and is faster; docs/native.md)
#   ./run.sh sql                build wiredns-sql, which `hunt --sql` needs, and print its path as the last line
#   ./run.sh package            make the archives, packages, SBOM and checksums of a release (docs/packages.md)
#   ./run.sh test [ARGUMENT...] build and run all tests; arguments go to each test program (-class NAME, -method NAME …)
#   ./run.sh bench [ARGUMENT...] measure against other programs; `bench scale`, `goals`, `live`, `rate`, `log`, `micro`
#   ./run.sh soak [MINUTES]     run live on separate interfaces for 60 minutes, with a reload and a fault every minute (docs/sensor.md)
#   ./run.sh outage [ALERTS]    deliver 100,000 alerts to real receivers that fail, and count what arrives (docs/delivery.md)
#   ./run.sh sinks [ALERTS]     measure alerts a second for each sink and format (docs/delivery.md)
#   ./run.sh renew-instructions measure and record the instructions per packet that a test compares with (docs/native.md)
#   ./run.sh setup              only install or unpack what the commands and the tests need
#   ./run.sh -- ARGUMENT...     pass the arguments to wiredns, whatever the first one is
#   ./run.sh --yes ...          before any of these: install a missing .NET SDK without asking
#
# Progress goes to stderr. Exit status: wiredns' own, or 1 if set-up, build or tests failed, or 2 without the .NET SDK.
# The SDK is installed from Ubuntu's packages if they have it, else by Microsoft's install script into ~/.dotnet;
# WIREDNS_SDK_SCRIPT names a mirror of that script.
set -euo pipefail

main() {
    root="$(real_folder "${BASH_SOURCE[0]}")"
    configuration=Release
    executable="$root/src/WireDns/bin/$configuration/net10.0/wiredns"
    sql="$root/src/WireDns.Sql/bin/$configuration/net10.0/wiredns-sql"
    native_sql="$root/artifacts/publish-sql"
    cpu=''
    native="$root/artifacts/publish"
    stamps="$root/artifacts/stamps"
    servers="$root/artifacts/servers"
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
    # Neither the SDK nor WireDns needs ICU, and a small system has none: without this, dotnet refuses to start there.
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    may_install_sdk="${CI:+yes}"
    if [ "${1-}" = --yes ]; then
        may_install_sdk=yes
        shift
    fi
    find_dotnet

    case "${1-}" in
        '')
            build_product
            cd -- "$root"
            exec "$executable" read captures/3cx-beacon.pcapng -r rules/
            ;;
        build)
            build_product
            printf '%s\n' "$executable"
            ;;
        publish)
            cpu="${2-}"
            native="$root/artifacts/publish${cpu:+-$cpu}"
            build_native
            printf '%s\n' "$native/wiredns"
            ;;
        sql)
            build_product
            build_sql
            printf '%s\n' "$sql"
            ;;
        publish-sql)
            # For deploy/package.sh and measurements.
            build_native_sql
            printf '%s\n' "$native_sql/wiredns-sql"
            ;;
        package)
            shift
            require_sdk
            PATH="$(dirname -- "$dotnet"):$PATH" exec "$root/deploy/package.sh" "$@"
            ;;
        test)
            shift
            setup_capture
            setup_for_tests
            build_tests
            if setup_native; then
                build_native
            fi
            rm -rf -- "$root/artifacts/test-results"
            exec "$root/tests/WireDns.TestRunner/bin/$configuration/net10.0/WireDns.TestRunner" \
                "$root/artifacts/test-results" \
                "$root"/tests/*.Tests/bin/"$configuration"/net10.0/*.Tests -- "$@"
            ;;
        renew-instructions)
            setup_for_tests
            build_tests
            build_native
            WIREDNS_RENEW_INSTRUCTIONS=1 exec "$root/tests/WireDns.Tests/bin/$configuration/net10.0/WireDns.Tests" \
                -class WireDns.Tests.Publish.InstructionTests -noLogo -noColor
            ;;
        bench)
            shift
            run_bench "$@"
            ;;
        outage | sinks)
            setup_for_tests
            build_native
            build_benchmarks
            exec "$root/tests/WireDns.Benchmarks/bin/$configuration/net10.0/WireDns.Benchmarks" "$1" \
                "$native/wiredns" "${2:-100000}"
            ;;
        soak)
            setup_capture
            setup_soak
            build_native
            build_benchmarks
            exec "$root/tests/WireDns.Benchmarks/bin/$configuration/net10.0/WireDns.Benchmarks" soak \
                "$native/wiredns" "$root/rules" "${2:-60}"
            ;;
        setup)
            setup_capture
            setup_for_tests
            setup_native || true
            ;;
        live | interfaces)
            setup_capture
            build_product
            exec "$executable" "$@"
            ;;
        hunt)
            build_product
            case " $* " in
                *' --sql '* | *' --sql='*)
                    build_sql
                    export PATH="${sql%/*}:$PATH"
                    ;;
            esac
            exec "$executable" "$@"
            ;;
        --)
            shift
            build_product
            exec "$executable" "$@"
            ;;
        *)
            build_product
            exec "$executable" "$@"
            ;;
    esac
}

say() { printf 'run.sh: %s\n' "$*" >&2; }

fail() {
    local status="$1"
    shift
    say "$@"
    exit "$status"
}

# ---- .NET --------------------------------------------------------------------------------------------------------

# The first dotnet that has a runtime of WireDns' version, or else the first one. The executable looks for the
# runtime in DOTNET_ROOT and in the system's folders, but not on the PATH.
find_dotnet() {
    local candidate folder first=''
    dotnet=''
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet" "$HOME/.dotnet/dotnet"; do
        if [ ! -x "$candidate" ]; then
            continue
        fi
        first="${first:-$candidate}"
        folder="$(real_folder "$candidate")"
        if compgen -G "$folder/shared/Microsoft.NETCore.App/10.*" >/dev/null; then
            dotnet="$candidate"
            if [ ! -e /etc/dotnet/install_location ] || [ "$folder" = "$HOME/.dotnet" ]; then
                export DOTNET_ROOT="$folder"
            fi
            return
        fi
    done
    dotnet="$first"
}

# The folder of a file, with all symbolic links resolved. (macOS had no `readlink -f` for long.)
real_folder() {
    local path="$1" target
    while [ -L "$path" ]; do
        target="$(readlink "$path")"
        case "$target" in
            /*) path="$target" ;;
            *) path="$(dirname -- "$path")/$target" ;;
        esac
    done
    (cd -- "$(dirname -- "$path")" && pwd -P)
}

# global.json names the required SDK; `dotnet --version` fails if none fits, and says why.
require_sdk() {
    if [ -n "${sdk_is_here-}" ]; then
        return
    fi
    if ! sdk_answers && ! { install_sdk && find_dotnet && sdk_answers; }; then
        {
            if [ -n "$dotnet" ]; then
                say "WireDns is built with the .NET SDK 10, and $dotnet does not run one. It says:"
                printf '%s\n' "$sdk_answer" | sed 's/^/    /'
            else
                say "WireDns is built with the .NET SDK 10, and no dotnet was found (PATH, DOTNET_ROOT, ~/.dotnet)."
            fi
            cat <<'WORDS'
Get it in one of these ways, then start again:
    here and now:             ./run.sh --yes      (Ubuntu's package, else Microsoft's script into ~/.dotnet; no root needed for that)
    Ubuntu 24.04 and later:   sudo apt-get install dotnet-sdk-10.0
    Debian, other Linux:      curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
                              (into ~/.dotnet, where this script finds it; needs curl and ca-certificates)
    macOS:                    brew install dotnet
    everything else:          https://dotnet.microsoft.com/download/dotnet/10.0
WORDS
        } >&2
        exit 2
    fi
    sdk_is_here=yes
    setup_fetching
}

sdk_answers() {
    sdk_answer=''
    [ -n "$dotnet" ] || return 1
    if sdk_answer="$(cd -- "$root" && "$dotnet" --version 2>&1)"; then
        return
    fi
    # The libraries that dotnet is linked with, in case a small system lacks them.
    case "$sdk_answer" in
        *libstdc++* | *libgcc_s*) apt_install libstdc++6 && sdk_answer="$(cd -- "$root" && "$dotnet" --version 2>&1)" ;;
        *) return 1 ;;
    esac
}

# Asks on a terminal; elsewhere --yes or CI must have said so.
install_sdk() {
    if [ "$(uname -s)" != Linux ]; then
        return 1
    fi
    if [ -z "$may_install_sdk" ]; then
        [ -t 0 ] && [ -t 2 ] || return 1
        local answer
        printf 'run.sh: WireDns is built with the .NET SDK 10, which is not here. Install it now? [y/N] ' >&2
        read -r answer
        case "$answer" in
            y | Y | yes) ;;
            *) return 1 ;;
        esac
    fi
    if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null && apt_install dotnet-sdk-10.0; then
        return
    fi
    local script="${WIREDNS_SDK_SCRIPT:-https://dot.net/v1/dotnet-install.sh}" file status=0
    file="$(mktemp)"
    say "installing the .NET SDK 10 into $HOME/.dotnet with $script"
    if ! setup_download || ! fetch "$script" "$file" || ! bash "$file" --channel 10.0 --install-dir "$HOME/.dotnet" >&2; then
        say "the SDK could not be installed (is there a network?)"
        status=1
    fi
    rm -f -- "$file"
    return "$status"
}

# fetch ADDRESS FILE
fetch() {
    if command -v curl >/dev/null 2>&1; then
        curl -fsSL --connect-timeout 20 -o "$2" "$1" >&2
    else
        wget -q --timeout=20 -O "$2" "$1" >&2
    fi
}

setup_download() {
    if command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1; then
        setup_certificates
    elif apt_install curl; then
        setup_certificates
    else
        say "the download needs curl or wget: 'apt-get install curl ca-certificates'"
        return 1
    fi
}

# The first build fetches packages over TLS: dotnet uses the system's OpenSSL and certificates.
setup_fetching() {
    if [ "$(uname -s)" != Linux ]; then
        return
    fi
    if ! has_library libssl.so && ! apt_install libssl3t64 && ! apt_install libssl3; then
        say "packages are fetched with OpenSSL, which is not here: install libssl3 (Debian 12), libssl3t64 (Ubuntu 24.04)," \
            "openssl-libs (Fedora) or libssl3 (Alpine)"
    fi
    setup_certificates
}

setup_certificates() {
    if [ -z "${SSL_CERT_FILE-}${SSL_CERT_DIR-}" ] && [ "$(uname -s)" = Linux ] && ! compgen -G '/etc/ssl/certs/*.pem' >/dev/null &&
        ! compgen -G '/etc/ssl/certs/*.crt' >/dev/null && ! compgen -G '/etc/pki/tls/certs/*' >/dev/null && ! apt_install ca-certificates; then
        say "packages are fetched over TLS, and there are no certificates here: install ca-certificates"
    fi
}

# ---- build -------------------------------------------------------------------------------------------------------

build_product() {
    build_if_changed product "$executable" src
}

build_sql() {
    build_if_changed sql "$sql" src/WireDns.Sql
}

build_tests() {
    build_if_changed tests "$root/tests/WireDns.TestRunner/bin/$configuration/net10.0/WireDns.TestRunner" src tests WireDns.sln
}

build_native() {
    build_if_changed "native${cpu:+-$cpu}" "$native/wiredns" src rules LICENSE THIRD-PARTY-NOTICES.txt
}

build_native_sql() {
    build_if_changed nativesql "$native_sql/wiredns-sql" src/WireDns.Sql LICENSE THIRD-PARTY-NOTICES.txt
}

build_benchmarks() {
    build_if_changed benchmarks "$root/tests/WireDns.Benchmarks/bin/$configuration/net10.0/WireDns.Benchmarks" src tests
}

make_product() { compile src/WireDns/WireDns.csproj && compile_ahead; }

make_sql() { compile src/WireDns.Sql/WireDns.Sql.csproj; }

make_tests() { compile WireDns.sln && compile_ahead; }

make_benchmarks() { compile tests/WireDns.Benchmarks/WireDns.Benchmarks.csproj && compile_ahead; }

compile() {
    "$dotnet" build "$1" -c "$configuration" -v quiet -nodeReuse:false && [ -x "$executable" ]
}

# Halves the time to start. It needs a package of 12 MB; without that, WireDns runs all the same, and this only says so in the log of the build.
compile_ahead() {
    NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT=1 "$dotnet" msbuild src/CompileAhead.proj -restore -t:CompileAhead -p:Folder="${executable%/*}/" \
        -v:quiet -nologo -nodeReuse:false || say "not compiled ahead of time, for the reason above: WireDns will start more slowly"
}

# The native compiler comes as a package with the SDK's own version, which is in no lock file of the project: this
# restore works without one, in separate folders, with the versions of Directory.Packages.props.
make_native() {
    local new="$native.new"
    rm -rf -- "$new" &&
        "$dotnet" publish src/WireDns/WireDns.csproj -c "$configuration" --use-current-runtime -p:Native=true \
            ${cpu:+"-p:IlcInstructionSet=$cpu"} -v quiet -nodeReuse:false -p:RestorePackagesWithLockFile=false \
            -p:NuGetLockFilePath="$root/artifacts/native/no.lock.json" -o "$new" \
            --artifacts-path "artifacts/native${cpu:+-$cpu}" &&
        [ -x "$new/wiredns" ] &&
        rm -rf -- "$native" &&
        mv -- "$new" "$native" &&
        touch -- "$native/wiredns"
}

# As make_native; DuckDB's library lies beside the binary.
make_nativesql() {
    rm -rf -- "$native_sql.new" &&
        "$dotnet" publish src/WireDns.Sql/WireDns.Sql.csproj -c "$configuration" --use-current-runtime -p:Native=true \
            -v quiet -nodeReuse:false -p:RestorePackagesWithLockFile=false -p:NuGetLockFilePath="$root/artifacts/native/no-sql.lock.json" \
            -o "$native_sql.new" --artifacts-path artifacts/native-sql &&
        [ -x "$native_sql.new/wiredns-sql" ] &&
        rm -rf -- "$native_sql" &&
        mv -- "$native_sql.new" "$native_sql" &&
        touch -- "$native_sql/wiredns-sql"
}

# build_if_changed NAME OUTPUT SOURCE...: runs make_NAME unless OUTPUT is there and nothing changed since the last build
# began. MSBuild knows what to rebuild, but asking it takes longer than starting WireDns should.
build_if_changed() {
    local name="$1"
    if is_current "$@"; then
        return
    fi
    require_sdk
    if [[ "$name" = native* ]]; then
        setup_native || exit 1
    fi
    mkdir -p -- "$stamps"
    {
        # Two runs at the same time must not build into the same folders; the second one then finds nothing to do.
        if command -v flock >/dev/null 2>&1; then
            flock 9
        fi
        if ! is_current "$@"; then
            say "building ($name); the first time fetches packages and takes a minute or two"
            rm -f -- "$stamps/$name"
            make_output_folders
            touch -- "$stamps/$name.new"
            local log="$root/artifacts/build-$name.log"
            # The log is a file, not a pipe: a compiler process that keeps running would hold a pipe open for its reader.
            # In a condition `set -e` has no effect: the steps of a make_ function are joined with &&.
            if ! (cd -- "$root" && "make_${name%%-*}") >"$log" 2>&1 </dev/null 9>&-; then
                cat -- "$log" >&2
                fail 1 "the build ($name) failed (its output is above, and in $log)"
            fi
            mv -- "$stamps/$name.new" "$stamps/$name"
        fi
    } 9>"$stamps/lock"
}

# A folder is newer if something was added to it or removed from it, so a deleted file counts too.
is_current() {
    local name="$1" output="$2"
    shift 2
    [ -f "$stamps/$name" ] && [ -x "$output" ] && [ -z "$(
        cd -- "$root"
        find "$@" Directory.Build.props Directory.Packages.props global.json .editorconfig \
            -type d \( -name bin -o -name obj -o -name TestResults \) -prune -o -newer "$stamps/$name" -print | head -n 1
    )" ]
}

# The build creates these; created now, they do not make their parents newer than the stamp.
make_output_folders() {
    local project
    for project in "$root"/src/*/*.csproj "$root"/tests/*/*.csproj; do
        if [ -f "$project" ]; then
            mkdir -p -- "${project%/*}/bin" "${project%/*}/obj"
        fi
    done
}

# ---- benchmarks --------------------------------------------------------------------------------------------------

# The native binary and the managed build are measured.
run_bench() {
    local verb=compare argument arguments=() products=()
    case "${1-}" in
        compare | scale | goals | live | rate | log | micro)
            verb="$1"
            shift
            ;;
    esac
    for argument in "$@"; do
        if [ "$argument" = --install ]; then
            setup_capture
            setup_bench
        else
            arguments+=("$argument")
        fi
    done
    build_product
    build_native
    build_benchmarks
    if [ "$verb" = log ]; then
        build_native_sql
        export PATH="$native_sql:$PATH"
    fi
    if [ "$verb" != micro ]; then
        case " ${arguments[*]-} " in
            *' --wiredns '*) ;;
            *)
                products+=(--wiredns "WireDns, native=$native/wiredns")
                if [ "$verb" = goals ] && grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
                    cpu=x86-64-v3 native="$root/artifacts/publish-x86-64-v3"
                    build_native
                    products+=(--wiredns "WireDns, native for AVX2=$native/wiredns")
                fi
                # Of several programs and halvings for each, the managed build's would be too many.
                [ "$verb" = rate ] || [ "$verb" = log ] || products+=(--wiredns "WireDns, managed=$executable")
                ;;
        esac
    fi
    cd -- "$root"
    exec "$root/tests/WireDns.Benchmarks/bin/$configuration/net10.0/WireDns.Benchmarks" "$verb" \
        ${products[@]+"${products[@]}"} ${arguments[@]+"${arguments[@]}"}
}

setup_bench() {
    local package
    for package in hyperfine time util-linux iproute2 ngrep dnscap tcpdump tshark; do
        apt_install "$package" || say "$package could not be installed: what needs it does not run."
    done
}

setup_soak() {
    # shellcheck source=tests/setup.sh
    . "$root/tests/setup.sh"
    unpack_server unbound unbound usr/sbin/unbound
    local program
    for program in ip:iproute2 tcpreplay:tcpreplay dnsperf:dnsperf; do
        command -v "${program%%:*}" >/dev/null 2>&1 || apt_install "${program#*:}" ||
            say "${program#*:} could not be installed: the soak runs without its traffic."
    done
}

# ---- set-up ------------------------------------------------------------------------------------------------------

# Live capture needs libpcap; reading files, decoding and rule checks need nothing from the system.
setup_capture() {
    if [ "$(uname -s)" != Linux ] || has_library libpcap.so; then
        return
    fi
    if ! apt_install libpcap0.8t64 && ! apt_install libpcap0.8; then
        say "live capture needs libpcap: install libpcap0.8 (Debian, Ubuntu: 'apt-get install libpcap0.8';" \
            "Fedora: 'dnf install libpcap'; Alpine: 'apk add libpcap'). Everything else works without it."
    fi
}

setup_for_tests() {
    # shellcheck source=tests/setup.sh
    . "$root/tests/setup.sh"
    setup_tests
}

# The native compiler passes its object file to the system's linker through a C compiler.
setup_native() {
    if command -v clang >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1; then
        return
    fi
    if [ "$(uname -s)" = Darwin ]; then
        say "the native binary needs Xcode's command line tools: xcode-select --install"
        return 1
    fi
    if ! apt_install gcc || ! apt_install libc6-dev; then
        say "the native binary is linked by clang or gcc, and neither is here. Debian, Ubuntu:" \
            "'apt-get install gcc libc6-dev'; Fedora: 'dnf install gcc glibc-devel'; Alpine: 'apk add gcc musl-dev'."
        return 1
    fi
}

has_library() {
    PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null || compgen -G "/usr/lib/$1*" >/dev/null
}

has_package() { is_apt && apt-cache show "$1" 2>/dev/null | grep . >/dev/null; }

is_apt() { command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; }

# Installs packages as root, or with sudo if it needs no password (or somebody is there to type it).
apt_install() {
    is_apt || return 1
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || return 1
        if sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        elif [ -t 0 ] && [ -t 2 ]; then
            as_root=(sudo)
        else
            return 1
        fi
    fi
    if ! has_package "$1"; then
        apt_update
        has_package "$1" || return 1
    fi
    say "installing $1"
    local command=("${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq --no-install-recommends "$1")
    quietly "${command[@]}" || { apt_update && quietly "${command[@]}"; }
}

# The package list is updated at most once per run: a fresh machine has none, an old one has a stale one.
apt_update() {
    if [ -n "${apt_is_updated-}" ]; then
        return
    fi
    apt_is_updated=1
    if [ "$(id -u)" -eq 0 ]; then
        quietly apt-get update -qq || true
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        quietly sudo -n apt-get update -qq || true
    fi
}

# Runs a command whose output matters only if it fails.
quietly() {
    local output
    if ! output="$("$@" 2>&1 </dev/null)"; then
        printf '%s\n' "$output" >&2
        return 1
    fi
}

main "$@"
