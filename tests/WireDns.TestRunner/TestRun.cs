using System.Diagnostics;
using System.Text.Json;

namespace WireDns.TestRunner;

/// <summary>
/// One run of one test program of xunit, which reports each test as a line of JSON when it ends: so what is known about a program that dies or is
/// killed is kept.
/// </summary>
internal sealed class TestRun
{
    // How much of a failed test's message and stack a person reads. The log has the rest.
    private const int MaximumLines = 40;
    private const int MaximumLineLength = 400;

    // xunit's, where tests failed.
    private const int FailedStatus = 1;

    private const string FailedNote = "failed: ";

    private readonly string _name;
    private readonly string _log;
    private readonly TextWriter _output;
    private readonly Dictionary<string, string> _running = [];
    private readonly Queue<string> _otherLines = [];
    private readonly Lock _lock = new();
    private int _expected;
    private bool _isOver;

    private TestRun(string name, string log, TextWriter output)
    {
        _name = name;
        _log = log;
        _output = output;
    }

    public int Passed { get; private set; }

    /// <summary>Failed tests; also the program itself, if it ended badly without one.</summary>
    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>The tests that failed, by their display names.</summary>
    public List<string> FailedTests { get; } = [];

    /// <summary>Whether tests failed and nothing else did: the program ran all of them, and ended as one does whose tests failed.</summary>
    public bool MayBeTriedAgain { get; private set; }

    /// <summary>A line for each test that failed, passed at its second try, or was skipped.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Runs a program to its end, or kills it at the limit.</summary>
    public static TestRun Of(string program, string[] arguments, TimeSpan limit, string log, TextWriter output)
    {
        var run = new TestRun(NameOf(program), log, output);
        run.Execute(program, arguments, limit);
        return run;
    }

    /// <summary>Takes the failed tests for passed if all of them have passed in a second run.</summary>
    public void TakeSecondTry(TestRun second)
    {
        if (second.Failed > 0 || second.Passed < FailedTests.Count)
        {
            return;
        }

        Notes.RemoveAll(note => note.StartsWith(FailedNote, StringComparison.Ordinal));
        Notes.AddRange(FailedTests.Select(test => "passed at the second try: " + OneLine(test)));
        Passed += Failed;
        Failed = 0;
        FailedTests.Clear();
    }

    /// <summary>A program's name without its folder and without Windows' ending.</summary>
    public static string NameOf(string program) =>
        program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(program) : Path.GetFileName(program);

    private void Execute(string program, string[] arguments, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(program, [.. arguments, "-noLogo", "-noColor", "-reporter", "json"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var log = new StreamWriter(_log);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            Fail($"{_name}: does not start: {fault.Message}");
            return;
        }

        using (process)
        {
            process.StandardInput.Close();
            Task[] readers = [Task.Run(() => Read(process.StandardOutput, log)), Task.Run(() => Read(process.StandardError, log))];
            var isKilled = !process.WaitForExit(limit);
            if (isKilled)
            {
                process.Kill(entireProcessTree: true);
            }

            // A grandchild that is still there may keep the pipe open.
            Task.WaitAll(readers, TimeSpan.FromSeconds(10));
            lock (_lock)
            {
                _isOver = true;
                Judge(isKilled ? null : process.ExitCode, limit);
                if (Passed + Failed + Skipped == 0)
                {
                    return;
                }

                _output.WriteLine(
                    $"{_name}: {Passed} passed, {Failed} failed, {Skipped} skipped in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            }
        }
    }

    // A null status means killed at the limit.
    private void Judge(int? status, TimeSpan limit)
    {
        var missing = Math.Max(0, _expected - Passed - Failed - Skipped);
        MayBeTriedAgain = status == FailedStatus && missing == 0 && Failed == FailedTests.Count && Failed > 0;
        if (status is null)
        {
            var what = $"killed at its limit of {limit.TotalSeconds:0} s (TEST_TIMEOUT_SECONDS raises it); about {missing} tests have no result";
            Interrupt(what);
        }
        else if (_running.Count > 0)
        {
            Interrupt($"ended with status {status} in the middle of a test; about {missing} tests have no result");
        }
        else if (status != 0 && Failed == 0)
        {
            Fail($"{_name}: ended with status {status} although no test failed");
            ShowOtherLines();
        }
    }

    // Each test that was running counts as failed; if none was, the program does.
    private void Interrupt(string what)
    {
        if (_running.Count == 0)
        {
            Fail($"{_name}: {what}");
        }

        foreach (var test in _running.Values)
        {
            Fail($"{test}: {_name} was {what}");
        }

        ShowOtherLines();
    }

    private void Read(StreamReader reader, StreamWriter log)
    {
        while (reader.ReadLine() is { } line)
        {
            Take(line, log);
        }
    }

    private void Take(string line, StreamWriter log)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            log.WriteLine(line);
            if (line.StartsWith("{\"$type\":", StringComparison.Ordinal))
            {
                try
                {
                    using var message = JsonDocument.Parse(line);
                    Count(message.RootElement);
                    return;
                }
                catch (JsonException)
                {
                    // Two writers shared the line: it is shown with everything else that is not a report.
                }
            }

            _otherLines.Enqueue(line);
            if (_otherLines.Count > MaximumLines)
            {
                _otherLines.Dequeue();
            }
        }
    }

    private void Count(JsonElement message)
    {
        var type = Text(message, "$type");
        var test = Text(message, "TestUniqueID");
        switch (type)
        {
            case "discovery-complete":
                _expected += message.GetProperty("TestCasesToRun").GetInt32();
                break;
            case "test-starting":
                _running[test] = Text(message, "TestDisplayName");
                break;
            case "test-passed":
                Passed++;
                break;
            case "test-skipped":
                Skipped++;
                Notes.Add($"skipped: {_running.GetValueOrDefault(test, "?")}: {OneLine(Text(message, "Reason"))}");
                break;
            case "test-failed":
                var name = _running.GetValueOrDefault(test, "?");
                FailedTests.Add(name);
                ShowFailure(name, message);
                break;
            case "test-finished":
                _running.Remove(test);
                break;
            case "error" or "test-cleanup-failure" or "test-case-cleanup-failure" or "test-method-cleanup-failure" or "test-class-cleanup-failure"
                or "test-collection-cleanup-failure" or "test-assembly-cleanup-failure":
                ShowFailure($"{_name}: {type}", message);
                break;
        }
    }

    private void ShowFailure(string name, JsonElement message)
    {
        Fail(name);
        var lines = Texts(message, "Messages").Concat(Texts(message, "StackTraces")).SelectMany(text => text.ReplaceLineEndings("\n").Split('\n'));
        ShowLines([.. lines]);
    }

    private void Fail(string what)
    {
        Failed++;
        Notes.Add(FailedNote + OneLine(what));
        _output.WriteLine(FailedNote + OneLine(what));
    }

    private void ShowOtherLines() => ShowLines([.. _otherLines]);

    private void ShowLines(string[] lines)
    {
        foreach (var line in lines.Take(MaximumLines))
        {
            _output.WriteLine("    " + Shorten(line));
        }

        if (lines.Length > MaximumLines)
        {
            _output.WriteLine($"    … {lines.Length - MaximumLines} more lines in {_log}");
        }
    }

    private static string OneLine(string text) => Shorten(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));

    private static string Shorten(string line) =>
        line.Length <= MaximumLineLength ? line : $"{line[..MaximumLineLength]}… ({line.Length - MaximumLineLength} more characters)";

    private static string Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static IEnumerable<string> Texts(JsonElement message, string name) =>
        message.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Select(value => value.GetString() ?? "")
            : [];
}
