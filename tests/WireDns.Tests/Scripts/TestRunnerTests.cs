using WireDns.Tests.Running;

namespace WireDns.Tests.Scripts;

/// <summary>The runner of the tests counts what the programs report, and names those that report nothing.</summary>
public sealed class TestRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Sums_what_programs_report_and_runs_the_tests_that_need_quiet_last()
    {
        var run = Run(60, Program("a", "passes one", "skips two"), Program("b", "passes three"));

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("4 passed, 0 failed, 2 skipped", run.Output.Lines[^1]);
        Assert.Contains("skipped: two: no such server", run.Output.Lines);
        Assert.Equal(
            ["a -trait-", "b -trait-", "a -trait", "b -trait"],
            File.ReadAllLines(_folder["calls"]).Select(line => string.Join(' ', line.Split(' ')[..2])));
    }

    [Fact]
    public void Counts_every_failure_and_shows_the_start_of_its_message()
    {
        var run = Run(60, Program("a", "fails one", "fails two", "passes three"));

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("2 passed, 4 failed, 0 skipped", run.Output.Lines[^1]);
        Assert.Contains("failed: one", run.Output.Lines);
        Assert.True(run.Output.Text.Length < 100_000, "the log is as long as the message");
    }

    [Fact]
    public void A_program_that_is_killed_keeps_its_results()
    {
        var run = Run(2, Program("a", "passes one", "fails two", "hangs three"));

        Assert.Equal(1, run.ExitStatus);
        Assert.Contains("failed: three: a was killed at its limit of 2 s (TEST_TIMEOUT_SECONDS raises it); about 1 tests have no result", run.Output.Lines);
        Assert.Equal("2 passed, 4 failed, 0 skipped", run.Output.Lines[^1]);
    }

    [Fact]
    public void A_program_that_dies_or_is_not_there_is_a_failure()
    {
        var run = Run(60, Program("a", "passes one", "dies two"), _folder["none"]);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("2 passed, 4 failed, 0 skipped", run.Output.Lines[^1]);
        Assert.Contains(run.Output.Lines, line => line.StartsWith("failed: two: a was ended with status 9", StringComparison.Ordinal));
        Assert.Contains(run.Output.Lines, line => line.StartsWith("failed: none: does not start: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_test_that_fails_has_a_second_try_alone_which_is_said()
    {
        var run = Run(60, Program("a", "passes one", "stumbles two"));

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("4 passed, 0 failed, 0 skipped", run.Output.Lines[^1]);
        Assert.Contains("failed: two", run.Output.Lines);
        Assert.Contains("passed at the second try: two", run.Output.Lines);
        Assert.Equal(
            ["a -trait- needs=quiet machine", "a -trait- needs=quiet machine -method two", "a -trait needs=quiet machine"],
            File.ReadAllLines(_folder["calls"]).Select(line => line.Split(" -noLogo")[0]));
    }

    [Fact]
    public void A_program_that_dies_after_a_failure_has_no_second_try()
    {
        var run = Run(60, Program("a", "stumbles one", "ends two"));

        Assert.Equal(1, run.ExitStatus);
        Assert.DoesNotContain(run.Output.Lines, line => line.StartsWith("passed at the second try", StringComparison.Ordinal));
        Assert.Contains("failed: one", run.Output.Lines);
    }

    [Fact]
    public void Many_failures_have_no_second_try()
    {
        var run = Run(60, Program("a", [.. Enumerable.Range(1, 6).Select(test => $"stumbles {test}")]));

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("6 passed, 6 failed, 0 skipped", run.Output.Lines[^1]);
    }

    [Fact]
    public void No_test_is_a_failure()
    {
        var run = Run(60, Program("a"));

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("0 passed, 0 failed, 0 skipped", run.Output.Lines[^1]);
    }

    public void Dispose() => _folder.Dispose();

    private ProgramResult Run(int limit, params string[] programs)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "its programs are shell scripts");
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var runner = Path.Combine(TestPaths.Root, "tests", "WireDns.TestRunner", "bin", own.Parent!.Name, own.Name, "WireDns.TestRunner");
        using var running = RunningProgram.Start(
            runner, [_folder["results"], .. programs], null, ("TEST_TIMEOUT_SECONDS", limit.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var status = running.WaitForEnd();
        return new ProgramResult(status, running.Output, running.Error);
    }

    // A script that reports as an xunit program does.
    private string Program(string name, params string[] tests)
    {
        var script = new System.Text.StringBuilder($"#!/bin/sh\necho {name} $* >>'{_folder["calls"]}'\n");
        script.Append($$"""echo '{"$type":"discovery-complete","TestCasesToRun":{{tests.Length}}}'""").Append('\n');
        foreach (var test in tests)
        {
            var (verb, what) = (test.Split(' ')[0], test.Split(' ')[1]);
            if (verb == "ends")
            {
                // Between two tests.
                script.Append("exit 139\n");
                continue;
            }

            Report(script, "test-starting", what, $"\"TestDisplayName\":\"{what}\"");
            script.Append(verb switch { "hangs" => "sleep 1000\n", "dies" => "exit 9\n", _ => "" });
            if (verb == "stumbles")
            {
                script.Append($"if [ $(wc -l <'{_folder["calls"]}') = 1 ]; then wrong=1\n");
                Report(script, "test-failed", what, "\"Messages\":[\"wrong\"],\"StackTraces\":[\"at x\"]");
                script.Append("else\n");
                Report(script, "test-passed", what, "\"Output\":\"\"");
                script.Append("fi\n");
            }
            else if (verb == "skips")
            {
                Report(script, "test-skipped", what, "\"Reason\":\"no such server\"");
            }
            else if (verb == "fails")
            {
                Report(script, "test-failed", what, $"\"Messages\":[\"{string.Concat(Enumerable.Repeat("wrong\\n", 70_000))}\"],\"StackTraces\":[\"at x\"]");
            }
            else
            {
                Report(script, "test-passed", what, "\"Output\":\"\"");
            }

            Report(script, "test-finished", what, "\"Output\":\"\"");
        }

        script.Append(tests.Any(test => test.StartsWith("fails", StringComparison.Ordinal)) ? "exit 1\n" : "exit ${wrong:-0}\n");
        var path = _folder.Write(name, script.ToString());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private static void Report(System.Text.StringBuilder script, string type, string test, string member) =>
        script.Append($$"""printf '%s\n' '{"$type":"{{type}}","TestUniqueID":"{{test}}",{{member}}}'""").Append('\n');
}
