using System.Runtime.InteropServices;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>
/// The image of deploy/Dockerfile, built as it is committed, on a base that debootstrap made (<c>./run.sh setup</c>) instead of those of a registry,
/// with this machine's SDK and packages mounted into the building stage. It has its own storage, which is deleted with it.
/// </summary>
public sealed class ContainerImage : IDisposable
{
    private const string Name = "localhost/wiredns-test";
    private const string Base = "localhost/wiredns-test-base";
    private const string Sdk = "localhost/wiredns-test-sdk";

    private static TimeSpan BuildPatience => 8 * Waiting.Limit;

    private readonly string _work = Path.Combine(TestPaths.Root, "artifacts", "container", $"work-{Environment.ProcessId}");

    // podman refuses a run root of more than 50 characters.
    private readonly DirectoryInfo _runRoot = Directory.CreateTempSubdirectory("wd-");
    private bool _isBuilt;

    /// <summary>What every container gets: no capability, no way to get one, and nothing that it could write to.</summary>
    public static IEnumerable<string> Hardening => ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only"];

    /// <summary>
    /// Builds it if that has not happened yet. Skips the running test if a part is missing.
    /// </summary>
    public void Build()
    {
        if (_isBuilt)
        {
            return;
        }

        var tar = Path.Combine(TestPaths.Root, "artifacts", "container", "base.tar");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs Linux and root, to build and run containers");
        foreach (var program in new[] { "buildah", "podman", "runc" })
        {
            Assert.SkipUnless(RunningProgram.IsInstalled(program), $"needs {program}, which ./run.sh setup installs on Debian");
        }

        Assert.SkipUnless(File.Exists(tar), "needs a base image, which ./run.sh setup makes with debootstrap on Debian as root");

        // …/shared/Microsoft.NETCore.App/VERSION/ of an SDK, not of a bare runtime.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Assert.SkipUnless(Directory.Exists(Path.Combine(dotnet, "sdk")), "needs an SDK, which the building stage borrows");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(packages, "microsoft.dotnet.ilcompiler")), "needs the native compiler's package, which ./run.sh publish fetches");

        Directory.CreateDirectory(_work);
        Run("podman", ["import", tar, Base]);
        File.WriteAllText(Path.Combine(_work, "Dockerfile"), $"""
            FROM {Base}
            ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
            RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libstdc++6 ca-certificates && \
                ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
            """);
        Run("buildah", ["build", "--isolation=chroot", "-t", Sdk, _work]);
        Run(
            "buildah",
            [
                "build", "--isolation=chroot", "--build-arg", "SDK=" + Sdk, "--build-arg", "BASE=" + Base,
                "-v", dotnet + ":/usr/share/dotnet:ro", "-v", packages + ":/root/.nuget/packages:ro", "-v", "/etc/ssl/certs:/etc/ssl/certs:ro",
                "-f", "deploy/Dockerfile", "-t", Name, ".",
            ]);
        _isBuilt = true;
    }

    /// <summary>Starts a container. The options are podman's, and the arguments those of the image's entry point.</summary>
    internal RunningProgram Start(IEnumerable<string> options, params IEnumerable<string> arguments) =>
        StartPodman(
            [
                "run", "--rm", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--log-driver", "none",
                .. Hardening, .. options, Name, .. arguments,
            ]);

    /// <summary>Runs podman on this image's storage, and returns what it prints.</summary>
    internal string Podman(params IEnumerable<string> arguments)
    {
        using var podman = StartPodman(arguments);
        Assert.True(podman.WaitForEnd() == 0, podman.Error.Text);
        return podman.Output.Text;
    }

    public void Dispose()
    {
        if (Directory.Exists(_work))
        {
            // A container outlives the podman process that a failed test ended, and keeps its files.
            using var podman = StartPodman(["rm", "--all", "--force", "--time", "0"]);
            podman.WaitForEnd();
            RunningProgram.Run("rm", "-rf", "--", _work);
        }

        RunningProgram.Run("rm", "-rf", "--", _runRoot.FullName);
    }

    private RunningProgram StartPodman(IEnumerable<string> arguments) =>
        RunningProgram.Start("podman", [.. Storage, "--cgroup-manager", "cgroupfs", "--runtime", "runc", .. arguments]);

    private IEnumerable<string> Storage => ["--root", Path.Combine(_work, "storage"), "--runroot", _runRoot.FullName, "--storage-driver", "vfs"];

    private void Run(string program, IEnumerable<string> arguments)
    {
        using var running = RunningProgram.Start(program, [.. Storage, .. arguments]);
        Assert.True(running.WaitForEnd(BuildPatience) == 0, $"{program} {string.Join(' ', arguments)}:\n{running.Output.Text}{running.Error.Text}");
    }
}
