#!/usr/bin/env bash
# Makes what a release consists of, in artifacts/packages (docs/packages.md).
#
#   deploy/package.sh [CPU...]             everything that this machine can make: archives, packages, SBOM, checksums
#   deploy/package.sh archives [CPU...]    native binaries with rules and licences, as tar.gz: "any" and "x86-64-v3" on x86-64, else "any"; "arm64" cross-compiles
#   deploy/package.sh sql                  native wiredns-sql with DuckDB's library, which `wiredns hunt` needs for SQL, as a tar.gz of its own
#   deploy/package.sh pack-folder FOLDER NAME [PROGRAM]   the same of a folder that was published before; as zip for win-*
#   deploy/package.sh deb [amd64|arm64...]  Debian packages, by default for this machine's architecture; needs debhelper
#   deploy/package.sh nuget                the .NET tool and the libraries, as NuGet packages
#   deploy/package.sh sbom                 the bill of materials, in CycloneDX' JSON
#   deploy/package.sh checksums            SHA256SUMS of all of them
#   deploy/package.sh version              print the version
set -euo pipefail

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
packages="$root/artifacts/packages"
# The version of the CycloneDX tool; its output is checked by a test against the schema that it claims.
cyclonedx=6.3.1

main() {
    mkdir -p -- "$packages"
    case "${1-}" in
        version) version ;;
        archives)
            shift
            archives "$@"
            ;;
        sql) sql ;;
        pack-folder) pack_folder "$2" "$3" "${4-}" ;;
        deb)
            shift
            debs "$@"
            ;;
        nuget) nuget ;;
        sbom) sbom ;;
        checksums) checksums ;;
        -*)
            sed -n '2,11p' "$0" | sed 's/^# \{0,1\}//'
            exit 2
            ;;
        *)
            archives "$@"
            sql
            if command -v dh >/dev/null 2>&1; then
                debs
            fi
            nuget
            sbom
            checksums
            ;;
    esac
}

# The one place that has it.
version() { sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' "$root/Directory.Build.props"; }

# The time of the commit, so that the same commit gives the same archive on another day.
commit_time() { git -C "$root" log -1 --format=%ct 2>/dev/null || printf '0\n'; }

# The name of this machine's system, as in names of archives.
system() { printf '%s-%s\n' "$(uname -s | tr '[:upper:]' '[:lower:]' | sed 's/darwin/osx/')" "$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')"; }

archives() {
    local cpu binary system
    system="$(system)"
    if [ $# -eq 0 ]; then
        set -- any
        [ "$system" != linux-x64 ] || set -- any x86-64-v3
    fi
    for cpu in "$@"; do
        if [ "$cpu" = any ]; then
            binary="$("$root/run.sh" --yes publish | tail -n 1)"
            pack_folder "$(dirname -- "$binary")" "$system"
        elif [ "$cpu" = arm64 ]; then
            binary="$(cross_publish arm64)"
            pack_folder "$(dirname -- "$binary")" linux-arm64
        else
            binary="$("$root/run.sh" --yes publish "$cpu" | tail -n 1)"
            pack_folder "$(dirname -- "$binary")" "$system-$cpu"
        fi
    done
}

# Of its own, since its library has ten times the size of the rest.
sql() {
    local binary
    binary="$("$root/run.sh" --yes publish-sql | tail -n 1)"
    pack_folder "$(dirname -- "$binary")" "$(system)" wiredns-sql
}

# pack_folder FOLDER NAME [PROGRAM]: owner, times and order say nothing of this machine.
pack_folder() {
    local name stage kind=tar.gz
    case "$2" in
        win-*) kind=zip ;;
    esac
    name="${3:-wiredns}-$(version)-$2"
    stage="$(mktemp -d)"
    mkdir -- "$stage/$name"
    cp -R -- "$1"/. "$stage/$name/"
    cp -- "$root/README.md" "$root/CHANGELOG.md" "$stage/$name/"
    chmod -R u=rwX,go=rX -- "$stage/$name"
    python3 "$root/deploy/archive.py" "$stage" "$name" "$(commit_time)" "$packages/$name.$kind"
    rm -rf -- "$stage"
    printf '%s\n' "$packages/$name.$kind"
}

# The binary comes compiled; debhelper makes the package of it, of the rules, and of the manual pages and completions that the binary prints of itself.
debs() {
    local architecture native stage target
    if [ $# -eq 0 ]; then
        set -- "$(dpkg --print-architecture)"
    fi
    native="$("$root/run.sh" --yes publish | tail -n 1)"
    for architecture in "$@"; do
        stage="$root/artifacts/deb/wiredns-$(version)"
        target="$native"
        if [ "$architecture" != "$(dpkg --print-architecture)" ]; then
            target="$(cross_publish "$architecture")"
        fi
        rm -rf -- "$root/artifacts/deb"
        mkdir -p -- "$stage/stage/completion/bash" "$stage/stage/completion/fish" "$stage/stage/completion/zsh" "$stage/stage/examples"
        cp -R -- "$root/deploy/debian" "$stage/debian"
        cp -- "$root/deploy/systemd/wiredns.service" "$stage/debian/"
        cp -- "$target" "$stage/stage/wiredns"
        cp -- "$root/THIRD-PARTY-NOTICES.txt" "$stage/debian/wiredns.yml" "$stage/stage/"
        cp -- "$root/deploy/wiredns.yml" "$stage/stage/examples/"
        cp -R -- "$root/rules" "$stage/stage/rules"
        # Their pages belong to the documents; the licence is in the copyright file.
        mv -- "$stage/stage/rules/README.md" "$stage/stage/rules.md"
        mv -- "$stage/stage/rules/dns/README.md" "$stage/stage/rules-dns.md"
        rm -f -- "$stage/stage/rules/LICENSE.Detection.Rules.md"
        "$native" man --folder "$stage/stage/man"
        "$native" completion bash >"$stage/stage/completion/bash/wiredns"
        "$native" completion fish >"$stage/stage/completion/fish/wiredns.fish"
        "$native" completion zsh >"$stage/stage/completion/zsh/_wiredns"
        debian_changelog >"$stage/debian/changelog"
        chmod -R u=rwX,go=rX -- "$stage"
        (
            cd -- "$stage"
            SOURCE_DATE_EPOCH="$(commit_time)" dpkg-buildpackage --build=binary --no-sign --host-arch "$architecture" --no-check-builddeps >&2
        )
        mv -- "$root/artifacts/deb/wiredns_$(version)_$architecture.deb" "$packages/"
        printf '%s\n' "$packages/wiredns_$(version)_$architecture.deb"
    done
}

# cross_publish arm64: the native binary for another architecture, linked by Debian's cross compiler (gcc-aarch64-linux-gnu), if sources are newer than the last one.
cross_publish() {
    local folder="$root/artifacts/publish-linux-arm64"
    if [ "$1" != arm64 ] || ! command -v aarch64-linux-gnu-gcc >/dev/null 2>&1; then
        printf 'package.sh: for %s it is made on such a machine; for arm64 also on another Linux, with gcc-aarch64-linux-gnu\n' "$1" >&2
        return 1
    fi
    if [ ! -x "$folder/wiredns" ] || [ -n "$(cd -- "$root" && find src rules LICENSE THIRD-PARTY-NOTICES.txt Directory.Build.props Directory.Packages.props \
        -type d \( -name bin -o -name obj \) -prune -o -type f -newer "$folder/wiredns" -print | head -n 1)" ]; then
        dotnet publish "$root/src/WireDns/WireDns.csproj" -c Release -r linux-arm64 -p:Native=true -v quiet -nodeReuse:false -p:RestorePackagesWithLockFile=false \
            -p:NuGetLockFilePath="$root/artifacts/native/no.lock.json" -p:CppCompilerAndLinker="$root/deploy/cross/aarch64-gcc" -p:ObjCopyName=aarch64-linux-gnu-objcopy \
            --artifacts-path "$root/artifacts/native-linux-arm64" -o "$folder" >&2
    fi
    printf '%s\n' "$folder/wiredns"
}

debian_changelog() {
    printf 'wiredns (%s) unstable; urgency=medium\n\n  * Release %s: CHANGELOG.md of the source says what changed.\n\n -- %s  %s\n' "$(version)" "$(version)" \
        "$(sed -n 's/^Maintainer: //p' "$root/deploy/debian/control")" "$(LC_ALL=C date -u -R -d "@$(commit_time)")"
}

nuget() {
    local project
    for project in WireDns.Wire WireDns.Sigma WireDns.Alerts WireDns.Detection WireDns; do
        dotnet pack "$root/src/$project/$project.csproj" -c Release -v quiet -nodeReuse:false -p:Packing=true \
            --artifacts-path "$root/artifacts/pack" -o "$packages" >&2
    done
}

sbom() {
    local tools="$root/artifacts/tools" new
    [ -x "$tools/dotnet-CycloneDX" ] || dotnet tool install CycloneDX --version "$cyclonedx" --tool-path "$tools" >&2
    new="$(mktemp -d)"
    dotnet restore "$root/src/WireDns/WireDns.csproj" -v quiet >&2
    "$tools/dotnet-CycloneDX" "$root/src/WireDns/WireDns.csproj" --output-format Json --output "$new" --filename sbom.json \
        --set-name wiredns --set-version "$(version)" --set-type Application --no-serial-number --exclude-dev --spec-version 1.6 --disable-package-restore >&2
    python3 "$root/deploy/sbom.py" "$new/sbom.json" "$(commit_time)" "$packages/wiredns-$(version).cdx.json"
    rm -rf -- "$new"
    python3 -W ignore "$root/deploy/check-sbom.py" "$(find "$tools/.store" -path '*net10*' -name CycloneDX.Core.dll | head -n 1)" \
        "$packages/wiredns-$(version).cdx.json" || [ $? -eq 3 ]
    printf '%s\n' "$packages/wiredns-$(version).cdx.json"
}

checksums() {
    (
        cd -- "$packages"
        rm -f -- SHA256SUMS
        if command -v sha256sum >/dev/null 2>&1; then
            sha256sum -- *
        else
            shasum -a 256 -- *
        fi >"$root/artifacts/SHA256SUMS"
        mv -- "$root/artifacts/SHA256SUMS" SHA256SUMS
    )
}

main "$@"
