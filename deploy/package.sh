#!/usr/bin/env bash
# Makes what a release consists of, in artifacts/packages (docs/packages.md).
#
#   deploy/package.sh [CPU...]             everything that this machine can make: archives, packages, SBOM, checksums
#   deploy/package.sh archives [CPU...]    native binaries with rules and licences, as tar.gz: "any" and "x86-64-v3" on x86-64, else "any"
#   deploy/package.sh pack-folder FOLDER NAME   the same of a folder that was published before
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
        pack-folder) pack_folder "$2" "$3" ;;
        nuget) nuget ;;
        sbom) sbom ;;
        checksums) checksums ;;
        -*)
            sed -n '2,10p' "$0" | sed 's/^# \{0,1\}//'
            exit 2
            ;;
        *)
            archives "$@"
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

archives() {
    local cpu binary system
    system="$(uname -s | tr '[:upper:]' '[:lower:]' | sed 's/darwin/osx/')-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')"
    if [ $# -eq 0 ]; then
        set -- any
        [ "$system" != linux-x64 ] || set -- any x86-64-v3
    fi
    for cpu in "$@"; do
        if [ "$cpu" = any ]; then
            binary="$("$root/run.sh" --yes publish | tail -n 1)"
            pack_folder "$(dirname -- "$binary")" "$system"
        else
            binary="$("$root/run.sh" --yes publish "$cpu" | tail -n 1)"
            pack_folder "$(dirname -- "$binary")" "$system-$cpu"
        fi
    done
}

# pack_folder FOLDER NAME: owner, times and order say nothing of this machine.
pack_folder() {
    local name stage
    name="wiredns-$(version)-$2"
    stage="$(mktemp -d)"
    mkdir -- "$stage/$name"
    cp -R -- "$1"/. "$stage/$name/"
    cp -- "$root/README.md" "$root/CHANGELOG.md" "$stage/$name/"
    chmod -R u=rwX,go=rX -- "$stage/$name"
    python3 "$root/deploy/archive.py" "$stage" "$name" "$(commit_time)" "$packages/$name.tar.gz"
    rm -rf -- "$stage"
    printf '%s\n' "$packages/$name.tar.gz"
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
