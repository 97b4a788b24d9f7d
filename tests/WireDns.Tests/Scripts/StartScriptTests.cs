using WireDns.Tests.Running;

namespace WireDns.Tests.Scripts;

/// <summary>run.sh: when it builds, what it passes on, and how it gets an SDK.</summary>
public sealed class StartScriptTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    [Fact]
    public void Hands_its_arguments_and_the_exit_status_on()
    {
        _folder.InstallDotnet(_folder.DotnetScript);

        var run = _folder.Run(["read", "a b", "", "--x", "it's", "$y;*"]);

        Assert.Equal(["<read>", "<a b>", "<>", "<--x>", "<it's>", "<$y;*>"], run.Output.Lines);
        Assert.Equal(3, run.ExitStatus);
        Assert.Equal(["<build>"], _folder.Run(["--", "build"]).Output.Lines);
    }

    [Fact]
    public void Builds_again_only_when_a_source_is_new_or_changed_or_gone()
    {
        _folder.InstallDotnet(_folder.DotnetScript);
        _folder.Run(["x"]);
        _folder.Run(["x"]);
        Assert.Equal(1, _folder.Builds);

        var source = Path.Combine(_folder.Checkout, "src", "WireDns", "A.cs");
        foreach (var change in new Action[]
            { () => File.WriteAllText(source, ""), () => File.AppendAllText(source, "//"), () => File.Delete(source), () => DeleteOutput() })
        {
            var before = _folder.Builds;
            change();
            _folder.Run(["x"]);
            _folder.Run(["x"]);
            Assert.Equal(before + 1, _folder.Builds);
        }
    }

    [Fact]
    public void Without_an_sdk_it_names_the_ways_to_one()
    {
        var run = _folder.Run(["read"]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Empty(run.Output.Lines);
        Assert.Contains("no dotnet was found", run.Error.Text, StringComparison.Ordinal);
        Assert.Contains("./run.sh --yes", run.Error.Text, StringComparison.Ordinal);
        Assert.Contains("apt-get install dotnet-sdk-10.0", run.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_what_a_dotnet_says_that_does_not_run()
    {
        _folder.InstallDotnet("#!/usr/bin/env bash\necho 'libhostfxr.so: no room left' >&2\nexit 133\n");

        var run = _folder.Run(["read"]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("    libhostfxr.so: no room left", run.Error.Lines);
    }

    [Theory]
    [InlineData(true, Label = "--yes")]
    [InlineData(false, Label = "CI")]
    public void Installs_the_sdk_by_the_official_script_when_it_may(bool byOption)
    {
        var script = $"""
            mkdir -p "$HOME/.dotnet/shared/Microsoft.NETCore.App/10.0.1"
            echo "$*" >"$HOME/arguments"
            cat >"$HOME/.dotnet/dotnet" <<'DOTNET'
            {_folder.DotnetScript}
            DOTNET
            chmod +x "$HOME/.dotnet/dotnet"
            """;
        ProgramResult? run = null;
        ScriptFolder.Serve(script, address => run = _folder.Run(
            byOption ? ["--yes", "read"] : ["read"], ("WIREDNS_SDK_SCRIPT", address), ("CI", byOption ? "" : "true")));

        Assert.Equal(["<read>"], run!.Output.Lines);
        Assert.Equal($"--channel 10.0 --install-dir {_folder.Home}/.dotnet", File.ReadAllText(Path.Combine(_folder.Home, "arguments")).Trim());
        Assert.Equal(["<again>"], _folder.Run(["again"]).Output.Lines);
    }

    [Fact]
    public void Without_a_network_it_says_so_and_names_the_ways()
    {
        var run = _folder.Run(["--yes", "read"], ("WIREDNS_SDK_SCRIPT", "http://127.0.0.1:1/none"));

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("run.sh: the SDK could not be installed (is there a network?)", run.Error.Lines);
        Assert.Contains("dotnet-install.sh | bash", run.Error.Text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void DeleteOutput() => File.Delete(Path.Combine(_folder.Checkout, "src", "WireDns", "bin", "Release", "net10.0", "wiredns"));
}
