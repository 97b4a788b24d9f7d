using System.Net;
using WireDns.Tests.Running;

namespace WireDns.Tests.Scripts;

/// <summary>
/// As much of a checkout as run.sh and run.ps1 look at, with a stand-in for dotnet that "builds" a program which prints its arguments in angle
/// brackets and ends with status 3. Of this machine's programs only those that the scripts themselves use are on the PATH.
/// </summary>
internal sealed class ScriptFolder : IDisposable
{
    private static readonly string[] Tools =
    [
        "bash", "env", "dirname", "readlink", "uname", "cat", "sed", "grep", "find", "mkdir", "rm", "touch", "mv", "id", "flock", "head", "mktemp",
        "curl", "chmod",
    ];

    private readonly TemporaryFolder _folder = new();

    public ScriptFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs bash");
        foreach (var folder in new[] { "checkout/src/WireDns", "checkout/tests", "checkout/artifacts", "home", "bin", "else where" })
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        foreach (var file in new[] { "run.sh", "run.ps1", "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "WireDns.sln" })
        {
            File.Copy(Path.Combine(TestPaths.Root, file), _folder[$"checkout/{file}"]);
        }

        _folder.Write("checkout/src/WireDns/WireDns.csproj", "<Project/>");
        foreach (var tool in Tools)
        {
            var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/sbin").Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
            Assert.SkipUnless(path is not null, $"needs {tool}");
            File.CreateSymbolicLink(_folder[$"bin/{tool}"], path);
        }
    }

    /// <summary>What the stand-in for dotnet does, as a shell script: the builds that it was asked for are counted in a file.</summary>
    public string DotnetScript => $$"""
        #!/usr/bin/env bash
        case "$1" in
        --version) echo 10.0.100 ;;
        build)
            echo "$*" >>'{{_folder["builds"]}}'
            mkdir -p src/WireDns/bin/Release/net10.0
            printf '#!/usr/bin/env bash\nfor a in "$@"; do echo "<$a>"; done\nexit 3\n' >src/WireDns/bin/Release/net10.0/wiredns
            chmod +x src/WireDns/bin/Release/net10.0/wiredns
            ;;
        esac

        """;

    public int Builds => File.Exists(_folder["builds"]) ? File.ReadAllLines(_folder["builds"]).Length : 0;

    public string Checkout => _folder["checkout"];

    public string Home => _folder["home"];

    /// <summary>Puts a dotnet on the PATH.</summary>
    public void InstallDotnet(string script) => WriteProgram("bin/dotnet", script);

    /// <summary>Runs run.sh from another folder.</summary>
    public ProgramResult Run(string[] arguments, params (string Name, string Value)[] environment) =>
        Run(_folder["checkout/run.sh"], arguments, environment);

    /// <summary>Runs run.ps1 under a PowerShell.</summary>
    public ProgramResult RunPowerShell(string dotnet, string powerShell, params string[] arguments) =>
        Run(dotnet, [powerShell, "-NoProfile", "-NonInteractive", "-File", _folder["checkout/run.ps1"], .. arguments]);

    /// <summary>Answers every request on a loopback address with one text while <paramref name="use"/> runs.</summary>
    public static void Serve(string text, Action<string> use)
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            Assert.True(await stream.ReadAsync(new byte[4096]) > 0);
            var body = System.Text.Encoding.UTF8.GetBytes(text);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            await stream.WriteAsync(body);
        });
        use($"http://{listener.LocalEndpoint}/dotnet-install.sh");
        Assert.True(answering.Wait(Waiting.Limit), "nothing was downloaded");
    }

    public void Dispose() => _folder.Dispose();

    private ProgramResult Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var running = RunningProgram.Start(
            program, arguments, _folder["else where"],
            [("PATH", _folder["bin"]), ("HOME", Home), ("CI", ""), ("DOTNET_ROOT", ""), ("CDPATH", ""), .. environment]);
        var status = running.WaitForEnd();
        return new ProgramResult(status, running.Output, running.Error);
    }

    private void WriteProgram(string name, string script)
    {
        _folder.Write(name, script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
