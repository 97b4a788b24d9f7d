#!/usr/bin/env bash
# Sets up, builds where sources changed, and runs WireDns.
#
#   ./run.sh                    run the shipped rules over the shipped capture
#   ./run.sh read FILE -r RULES any command of wiredns, with its arguments, from where you stand
#   ./run.sh build              build, and print the path of the executable as the last line
#   ./run.sh publish [CPU]      compile the native binary, and print its path as the last line: for any processor, or for
#                               those of one kind alone (x86-64-v3 has AVX2 and is faster; docs/native.md)
#   ./run.sh test [ARGUMENT...] build and run all tests; arguments go to each test program (-class NAME, -method NAME …)
#   ./run.sh bench [ARGUMENT...] measure against other programs; `bench scale`, `bench goals`, `bench micro` (docs/performance.md)
#   ./run.sh renew-instructions measure and write down the instructions per packet that a test compares with (docs/native.md)
#   ./run.sh setup              only install or unpack what the commands and the tests need
#   ./run.sh -- ARGUMENT...     hand the arguments to wiredns whatever the first one is
#
# Progress goes to stderr. Exit status: wiredns' own, or 1 if set-up, build or tests failed, or 2 without the .NET SDK.
set -euo pipefail

main() {
    root="$(script_folder)"
    configuration=Release
    executable="$root/src/WireDns/bin/$configuration/net10.0/wiredns"
    cpu=''
    native="$root/artifacts/publish"
    stamps="$root/artifacts/stamps"
    servers="$root/artifacts/servers"
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
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
        test)
            shift
            setup_capture
            setup_for_tests
            build_tests
            if setup_native; then
                build_native
            fi
            run_tests "$@"
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

# The folder of this file, also when it is called through symbolic links. (macOS had no `readlink -f` for long.)
script_folder() {
    local path="${BASH_SOURCE[0]}" target
    while [ -L "$path" ]; do
        target="$(readlink "$path")"
        case "$target" in
            /*) path="$target" ;;
            *) path="$(dirname -- "$path")/$target" ;;
        esac
    done
    (cd -- "$(dirname -- "$path")" && pwd -P)
}

# ---- .NET --------------------------------------------------------------------------------------------------------

# The executable looks for the runtime in DOTNET_ROOT and in the system's folders, but not on the PATH.
find_dotnet() {
    dotnet="$(command -v dotnet || true)"
    if [ -z "$dotnet" ] && [ -x "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet" ]; then
        dotnet="${DOTNET_ROOT:-$HOME/.dotnet}/dotnet"
    fi
    if [ -n "$dotnet" ] && [ -z "${DOTNET_ROOT-}" ] && [ ! -e /etc/dotnet/install_location ]; then
        local target="$dotnet"
        while [ -L "$target" ]; do
            case "$(readlink "$target")" in
                /*) target="$(readlink "$target")" ;;
                *) target="$(dirname -- "$target")/$(readlink "$target")" ;;
            esac
        done
        target="$(cd -- "$(dirname -- "$target")" && pwd -P)"
        if [ -d "$target/shared" ]; then
            export DOTNET_ROOT="$target"
        fi
    fi
}

# global.json names the SDK that is asked for; `dotnet --version` fails where none fits.
require_sdk() {
    if [ -n "$dotnet" ] && (cd -- "$root" && "$dotnet" --version >/dev/null 2>&1); then
        return
    fi
    {
        if [ -n "$dotnet" ]; then
            say "WireDns is built with the .NET SDK 10; $dotnet has no such SDK. It has:"
            "$dotnet" --list-sdks | sed 's/^/    /'
        else
            say "WireDns is built with the .NET SDK 10, and no dotnet was found (PATH, DOTNET_ROOT, ~/.dotnet)."
        fi
        cat <<'WORDS'
Get it in one of these ways, then start again:
    Ubuntu 24.04 and later:   sudo apt-get install dotnet-sdk-10.0
    Debian, other Linux:      curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
                              (needs no root; installs into ~/.dotnet, where this script finds it)
    macOS:                    brew install dotnet
    everything else:          https://dotnet.microsoft.com/download/dotnet/10.0
WORDS
    } >&2
    exit 2
}

# ---- build -------------------------------------------------------------------------------------------------------

build_product() {
    build_if_changed product src
}

build_tests() {
    build_if_changed tests src tests WireDns.sln
}

# Tests tell a binary that is older than its sources by its time.
build_native() {
    build_if_changed "native${cpu:+-$cpu}" src rules LICENSE
    touch -- "$native/wiredns"
}

make_product() { compile src/WireDns/WireDns.csproj; }

make_tests() { compile WireDns.sln; }

make_benchmarks() { compile tests/WireDns.Benchmarks/WireDns.Benchmarks.csproj; }

compile() {
    "$dotnet" build "$1" -c "$configuration" -v quiet -nodeReuse:false && [ -x "$executable" ]
}

# The native compiler comes as a package with the SDK's own version, which no lock file of the project knows: this
# restore works without one, in folders of its own, with the versions of Directory.Packages.props.
make_native() {
    local new="$native.new"
    rm -rf -- "$new" &&
        "$dotnet" publish src/WireDns/WireDns.csproj -c "$configuration" --use-current-runtime -p:Native=true \
            ${cpu:+"-p:IlcInstructionSet=$cpu"} -v quiet -nodeReuse:false -p:RestorePackagesWithLockFile=false \
            -p:NuGetLockFilePath="$root/artifacts/native/no.lock.json" -o "$new" \
            --artifacts-path "artifacts/native${cpu:+-$cpu}" &&
        [ -x "$new/wiredns" ] &&
        rm -rf -- "$native" &&
        mv -- "$new" "$native"
}

# build_if_changed NAME SOURCE...: runs make_NAME unless nothing changed since the last time: sources by content (so a
# new, a deleted or a restored file counts whatever its time), and what the build put out (so an interrupted or a
# foreign build counts too).
build_if_changed() {
    local name="$1"
    shift
    if is_current "$name" "$@"; then
        return
    fi
    require_sdk
    if [ "${name%%-*}" = native ]; then
        setup_native || exit 1
    fi
    mkdir -p -- "$stamps"
    {
        # Two runs at the same time must not build into the same folders; the second then finds nothing to do.
        if command -v flock >/dev/null 2>&1; then
            flock 9
        fi
        if ! is_current "$name" "$@"; then
            say "building ($name); the first time fetches packages and takes a minute or two"
            rm -f -- "$stamps/$name"
            local sources log="$root/artifacts/build-$name.log"
            sources="$(fingerprint "$@")"
            # The log is a file, no pipe: a compiler process that stays behind would keep a pipe open for its reader.
            # In a condition `set -e` is without effect: each step of a make_ function names the next with &&.
            if ! (cd -- "$root" && "make_${name%%-*}") >"$log" 2>&1 </dev/null 9>&-; then
                cat -- "$log" >&2
                fail 1 "the build ($name) failed (its output is above, and in $log)"
            fi
            printf '%s\n%s\n' "$sources" "$(output_fingerprint "$name" "$@")" >"$stamps/$name"
        fi
    } 9>"$stamps/lock"
}

is_current() {
    local name="$1"
    shift
    [ -f "$stamps/$name" ] &&
        [ "$(cat -- "$stamps/$name")" = "$(fingerprint "$@")"$'\n'"$(output_fingerprint "$name" "$@")" ]
}

fingerprint() {
    (
        cd -- "$root"
        find "$@" Directory.Build.props Directory.Packages.props global.json .editorconfig \
            -type d \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f -exec cksum {} + |
            LC_ALL=C sort | cksum
    )
}

output_fingerprint() {
    local name="$1"
    shift
    (
        cd -- "$root"
        if [ "${name%%-*}" = native ]; then
            mkdir -p -- "$native"
            find "$native" -type f -exec cksum {} +
        else
            find "$@" -path "*/bin/$configuration/net10.0/*" -type f \( -name '*.dll' -o -name '*.json' -o \
                -name wiredns -o -name '*.Tests' \) -exec cksum {} +
        fi | LC_ALL=C sort | cksum
    )
}

# ---- tests -------------------------------------------------------------------------------------------------------

# Each test project is a program that writes a report; the sums come from the reports. A program that dies, or hangs
# beyond the limit, or leaves no report counts as one failed test.
run_tests() {
    local results="$root/artifacts/test-results" limit="${TEST_TIMEOUT_SECONDS:-1800}"
    local project name program report status passed=0 failed=0 skipped=0
    rm -rf -- "$results"
    mkdir -p -- "$results"
    : >"$results/notes"

    for project in "$root"/tests/*.Tests/*.csproj; do
        name="$(basename -- "$project" .csproj)"
        program="$(dirname -- "$project")/bin/$configuration/net10.0/$name"
        report="$results/$name.xml"
        status=0
        if command -v timeout >/dev/null 2>&1; then
            timeout --foreground -k 10 "$limit" "$program" "$@" -noLogo -noColor -result-xml "$report" </dev/null || status=$?
        else
            "$program" "$@" -noLogo -noColor -result-xml "$report" </dev/null || status=$?
        fi

        if [ ! -s "$report" ]; then
            printf 'failed: %s: ended with status %s and left no report\n' "$name" "$status" >>"$results/notes"
            failed=$((failed + 1))
            continue
        fi
        local wrong
        wrong=$(($(count failed "$report") + $(count errors "$report")))
        if [ "$status" -ne 0 ] && [ "$wrong" -eq 0 ]; then
            printf 'failed: %s: ended with status %s although no test failed\n' "$name" "$status" >>"$results/notes"
            wrong=1
        fi
        passed=$((passed + $(count passed "$report")))
        failed=$((failed + wrong))
        skipped=$((skipped + $(count skipped "$report")))
        note_skips_and_failures "$report" >>"$results/notes"
    done

    if [ -s "$results/notes" ]; then
        printf '\n'
        LC_ALL=C sort -r -- "$results/notes"
    fi
    if [ $((passed + failed)) -eq 0 ]; then
        printf 'failed: no test ran\n'
    fi
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# A number of the report's assembly element; 0 where it is not there.
count() {
    awk -v name="$1" 'BEGIN { RS = "<" }
        /^assembly / {
            if (match($0, " " name "=\"[0-9]+\"")) {
                sum += substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
            }
        }
        END { print sum + 0 }' "$2"
}

note_skips_and_failures() {
    awk 'BEGIN { RS = "<" }
        function plain(text) {
            gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&apos;/, "\047", text)
            gsub(/&#xA;|&#xD;|[[:cntrl:]]/, " ", text); gsub(/&amp;/, "\\&", text)
            return text
        }
        /^test / {
            name = "?"
            if (match($0, / name="[^"]*"/)) { name = plain(substr($0, RSTART + 7, RLENGTH - 8)) }
            if ($0 ~ / result="Fail"/) { print "failed: " name }
        }
        /^reason>/ { print "skipped: " name ": " plain(substr($0, 8)) }
        /^error / {
            if (match($0, / name="[^"]*"/)) { print "failed: error in " plain(substr($0, RSTART + 7, RLENGTH - 8)) }
        }' "$1"
}

# ---- benchmarks --------------------------------------------------------------------------------------------------

# What is measured is the native binary and the managed build.
run_bench() {
    local verb=compare argument arguments=() products=()
    case "${1-}" in
        compare | scale | goals | micro)
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
    build_if_changed benchmarks src tests/WireDns.Benchmarks
    if [ "$verb" != micro ]; then
        case " ${arguments[*]-} " in
            *' --wiredns '*) ;;
            *)
                products+=(--wiredns "WireDns, native=$native/wiredns" --wiredns "WireDns, managed=$executable")
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

# ---- set-up ------------------------------------------------------------------------------------------------------

# Live capture needs libpcap; reading files, decoding and rule checks need nothing of the system.
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

# The native compiler hands its object file to the system's linker, by way of a C compiler.
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

# Installs packages as root, or with sudo where that asks nobody (or somebody is there to be asked).
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

# The list of packages is read again at most once a run: a fresh machine has none, an old one has a stale one.
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
