using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The native binary on a machine without OpenSSL: in its own mount namespace, where libssl and libcrypto are empty files.</summary>
public sealed class NativeOpenSslTests
{
    // A file may go while this looks, as other tests unpack servers and remove them.
    private const string Hidden = """
        for file in $(find / -xdev \( -name 'libssl.so*' -o -name 'libcrypto.so*' \) -not -type d -not -path '/proc/*' 2>/dev/null); do
            mount --bind /dev/null "$file" || [ ! -e "$file" ] || exit 99
        done
        exec "$@"
        """;

    [Fact]
    public void What_speaks_no_TLS_needs_no_OpenSSL_and_alerts_keep_their_ids()
    {
        var expected = NativeProduct.Run("read", Beacon, "-r", TestPaths.Rules, "-q", "--format", "ecs");
        Assert.Equal(0, expected.ExitStatus);

        using var hidden = Start("read", Beacon, "-r", TestPaths.Rules, "-q", "--format", "ecs");

        Assert.Equal(0, hidden.WaitForEnd());
        Assert.NotEmpty(hidden.Output.Lines);
        Assert.Equal(expected.Output.Lines, hidden.Output.Lines);
        using var plain = Start("read", Beacon, "-r", TestPaths.Rules, "-q", "-o", "http://127.0.0.1:9/,retry-for=1s");
        Assert.Equal(1, plain.WaitForEnd());
        Assert.Contains("nobody listens there", plain.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("syslog+tls://127.0.0.1")]
    [InlineData("relp+tls://127.0.0.1")]
    [InlineData("https://127.0.0.1/")]
    public void TLS_without_OpenSSL_is_one_line_and_exit_status_2(string output)
    {
        using var hidden = Start("read", Beacon, "-r", TestPaths.Rules, "-q", "-o", output);

        Assert.Equal(2, hidden.WaitForEnd());
        Assert.StartsWith("wiredns: TLS needs OpenSSL, which is not on this machine: install it", Assert.Single(hidden.Error.Lines), StringComparison.Ordinal);
    }

    private static string Beacon => Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");

    private static RunningProgram Start(params string[] arguments)
    {
        var executable = NativeProduct.Executable;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && RunningProgram.Run("unshare", "-m", "true") == 0,
            "needs root on Linux, and mount namespaces");
        return RunningProgram.Start("unshare", ["-m", "sh", "-c", Hidden, "sh", executable, .. arguments]);
    }
}
