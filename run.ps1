<#
.SYNOPSIS
Builds WireDns if sources changed, and runs it.

.DESCRIPTION
    .\run.ps1                      run the shipped rules over the shipped capture
    .\run.ps1 read FILE -r RULES   any command of wiredns, with its arguments, from where you stand
    .\run.ps1 build                build, and print the path of the executable as the last line
    .\run.ps1 publish [CPU]        compile the native binary, and print its path as the last line: for any processor, or for
                                   one kind only (x86-64-v3 has AVX2 and is faster; docs/native.md)
    .\run.ps1 test [ARGUMENT...]   build and run all tests; arguments go to each test program
    .\run.ps1 setup                only check what the commands need
    .\run.ps1 '--' ARGUMENT...     pass the arguments to wiredns, whatever the first one is

Progress goes to the error stream. Exit status: wiredns' own, or 1 if the build or tests failed, or 2 without the .NET SDK.
Works in Windows PowerShell 5.1 and in PowerShell 7. There is no param block: it would treat wiredns' options as its own.
#>

$ErrorActionPreference = 'Stop'
$Root = $PSScriptRoot
$Configuration = 'Release'
$OnWindows = [Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT
$ExeSuffix = if ($OnWindows) { '.exe' } else { '' }
$Executable = [IO.Path]::Combine($Root, 'src', 'WireDns', 'bin', $Configuration, 'net10.0', "wiredns$ExeSuffix")
$TestRunner = [IO.Path]::Combine($Root, 'tests', 'WireDns.TestRunner', 'bin', $Configuration, 'net10.0', "WireDns.TestRunner$ExeSuffix")
$Stamps = [IO.Path]::Combine($Root, 'artifacts', 'stamps')

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE = 'true'

function Write-ProgressLine([string] $Text) {
    [Console]::Error.WriteLine("run.ps1: $Text")
}

# ---- .NET --------------------------------------------------------------------------------------------------------

# global.json names the required SDK; `dotnet --version` fails if none fits.
function Find-Dotnet {
    $found = Get-Command dotnet -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($found) {
        Push-Location $Root
        try {
            # Without this a line on the error stream is an exception in Windows PowerShell.
            $ErrorActionPreference = 'Continue'
            $answer = & $found.Source --version 2>&1 | Out-String
            if ($LASTEXITCODE -eq 0) {
                return $found.Source
            }
            Write-ProgressLine "$($found.Source) does not run the .NET SDK 10. It says:"
            [Console]::Error.WriteLine($answer)
        }
        finally {
            Pop-Location
        }
    }
    [Console]::Error.WriteLine(@'
run.ps1: WireDns is built with the .NET SDK 10, which is not here.
Get it in one of these ways, open a new terminal, and start again:
    winget install Microsoft.DotNet.SDK.10
    https://dotnet.microsoft.com/download/dotnet/10.0
'@)
    exit 2
}

# ---- build -------------------------------------------------------------------------------------------------------

# Whether the output exists and nothing changed since the last build began. MSBuild knows what to rebuild, but asking it
# takes longer than starting WireDns should. A folder is newer if something was added to it or removed from it.
function Test-Current([string] $StampFile, [string] $Output, [string[]] $Folders) {
    if (-not (Test-Path -LiteralPath $StampFile) -or -not (Test-Path -LiteralPath $Output)) {
        return $false
    }
    $built = '[\\/](bin|obj|TestResults)([\\/]|$)'
    $time = [IO.File]::GetLastWriteTimeUtc($StampFile)
    $sources = @(foreach ($folder in $Folders) {
            Get-Item -LiteralPath (Join-Path $Root $folder) -Force
            Get-ChildItem -LiteralPath (Join-Path $Root $folder) -Recurse -Force |
                Where-Object { $_.FullName.Substring($Root.Length) -notmatch $built }
        })
    foreach ($name in 'Directory.Build.props', 'Directory.Packages.props', 'global.json', '.editorconfig', 'WireDns.sln') {
        $sources += Get-Item -LiteralPath (Join-Path $Root $name) -Force
    }
    return -not ($sources | Where-Object { $_.LastWriteTimeUtc -gt $time } | Select-Object -First 1)
}

function Invoke-Build([string] $Name, [string] $Project, [string] $Output, [string[]] $Folders) {
    $stampFile = Join-Path $Stamps "ps-$Name"
    if (Test-Current $stampFile $Output $Folders) {
        return
    }
    $dotnet = Find-Dotnet
    $null = New-Item -ItemType Directory -Force -Path $Stamps
    Write-ProgressLine "building ($Name); the first time fetches packages and takes about a minute"
    if (Test-Path -LiteralPath $stampFile) {
        Remove-Item -LiteralPath $stampFile
    }
    # The build creates these; created now, they do not make their parents newer than the stamp.
    foreach ($file in Get-ChildItem -Path ([IO.Path]::Combine($Root, 'src', '*', '*.csproj')), ([IO.Path]::Combine($Root, 'tests', '*', '*.csproj'))) {
        $null = New-Item -ItemType Directory -Force -Path (Join-Path $file.DirectoryName 'bin'), (Join-Path $file.DirectoryName 'obj')
    }
    $started = [DateTime]::UtcNow
    $log = [IO.Path]::Combine($Root, 'artifacts', "build-$Name.log")
    Push-Location $Root
    try {
        $ErrorActionPreference = 'Continue'
        & $dotnet build $Project -c $Configuration -v quiet -nodeReuse:false *> $log
        $status = $LASTEXITCODE
    }
    finally {
        Pop-Location
    }
    if ($status -ne 0) {
        [Console]::Error.WriteLine([IO.File]::ReadAllText($log))
        Write-ProgressLine "the build failed (its output is above, and in $log)"
        exit 1
    }
    [IO.File]::WriteAllText($stampFile, '')
    [IO.File]::SetLastWriteTimeUtc($stampFile, $started)
}

function Invoke-ProductBuild {
    Invoke-Build 'product' 'src/WireDns/WireDns.csproj' $Executable @('src')
}

function Invoke-TestBuild {
    Invoke-Build 'tests' 'WireDns.sln' $TestRunner @('src', 'tests')
}

# The native compiler comes as a package with the SDK's own version, which is in no lock file of the project: this restore
# works without one, in separate folders. It is incremental, so it needs no stamp.
function Invoke-NativeBuild([string] $Cpu) {
    $dotnet = Find-Dotnet
    $suffix = if ($Cpu) { "-$Cpu" } else { '' }
    $folder = [IO.Path]::Combine($Root, 'artifacts', "publish$suffix")
    $work = [IO.Path]::Combine($Root, 'artifacts', "native$suffix")
    $log = [IO.Path]::Combine($Root, 'artifacts', "build-native$suffix.log")
    $null = New-Item -ItemType Directory -Force -Path $work
    Write-ProgressLine 'building (native); the first time fetches packages and takes a minute or two'
    if (Test-Path -LiteralPath $folder) {
        Remove-Item -LiteralPath $folder -Recurse
    }
    $options = @('-p:Native=true', '-p:RestorePackagesWithLockFile=false', "-p:NuGetLockFilePath=$(Join-Path $work 'no.lock.json')")
    if ($Cpu) {
        $options += "-p:IlcInstructionSet=$Cpu"
    }
    Push-Location $Root
    try {
        $ErrorActionPreference = 'Continue'
        & $dotnet publish src/WireDns/WireDns.csproj -c $Configuration --use-current-runtime -v quiet -nodeReuse:false @options `
            --artifacts-path $work -o $folder *> $log
        $status = $LASTEXITCODE
    }
    finally {
        Pop-Location
    }
    $binary = Join-Path $folder "wiredns$ExeSuffix"
    if ($status -ne 0 -or -not (Test-Path -LiteralPath $binary)) {
        [Console]::Error.WriteLine([IO.File]::ReadAllText($log))
        Write-ProgressLine "the build (native) failed (its output is above, and in $log)"
        if ($OnWindows) {
            Write-ProgressLine ('on Windows it needs the C++ build tools: winget install Microsoft.VisualStudio.2022.BuildTools ' +
                '--override "--add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"')
        }
        exit 1
    }
    return $binary
}

# ---- tests -------------------------------------------------------------------------------------------------------

# Each test project is a program; the runner adds up what they report.
function Invoke-Tests([string[]] $Arguments) {
    $results = [IO.Path]::Combine($Root, 'artifacts', 'test-results')
    if (Test-Path -LiteralPath $results) {
        Remove-Item -LiteralPath $results -Recurse
    }
    $programs = @(foreach ($project in Get-ChildItem -Path ([IO.Path]::Combine($Root, 'tests', '*.Tests', '*.csproj'))) {
            [IO.Path]::Combine($project.DirectoryName, 'bin', $Configuration, 'net10.0', $project.BaseName + $ExeSuffix)
        })
    & $TestRunner $results @programs '--' @Arguments | Out-Host
    return $LASTEXITCODE
}

# ---- set-up ------------------------------------------------------------------------------------------------------

# Live capture needs Npcap, whose free edition does not allow silent installation, so this only says what to do.
function Test-Npcap {
    if (-not $OnWindows) {
        return
    }
    $system = [Environment]::GetFolderPath('System')
    if ((Test-Path (Join-Path $system 'Npcap\wpcap.dll')) -or (Test-Path (Join-Path $system 'wpcap.dll'))) {
        return
    }
    Write-ProgressLine ('live capture needs Npcap: get it from https://npcap.com/#download, and run this terminal as administrator ' +
        'unless Npcap was installed for all users. Reading capture files works without it.')
}

# ---- main --------------------------------------------------------------------------------------------------------

$given = @($args | ForEach-Object { [string] $_ })
$rest = @($given | Select-Object -Skip 1)
$command = if ($given.Count -gt 0) { $given[0] } else { '' }

switch -CaseSensitive ($command) {
    '' {
        Invoke-ProductBuild
        Push-Location $Root
        try {
            & $Executable read captures/3cx-beacon.pcapng -r rules/
        }
        finally {
            Pop-Location
        }
        exit $LASTEXITCODE
    }
    'build' {
        Invoke-ProductBuild
        Write-Output $Executable
        exit 0
    }
    'publish' {
        Write-Output (Invoke-NativeBuild $(if ($rest.Count -gt 0) { $rest[0] } else { '' }))
        exit 0
    }
    'test' {
        Test-Npcap
        Invoke-TestBuild
        exit (Invoke-Tests $rest)
    }
    'setup' {
        $null = Find-Dotnet
        Test-Npcap
        exit 0
    }
    '--' {
        Invoke-ProductBuild
        & $Executable @rest
        exit $LASTEXITCODE
    }
    default {
        if ($command -ceq 'live' -or $command -ceq 'interfaces') {
            Test-Npcap
        }
        Invoke-ProductBuild
        & $Executable @given
        exit $LASTEXITCODE
    }
}
