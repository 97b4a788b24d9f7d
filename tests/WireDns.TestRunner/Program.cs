using System.Globalization;

namespace WireDns.TestRunner;

/// <summary>
/// Runs test programs one after the other and adds up what they report.
/// <code>WireDns.TestRunner RESULTS_FOLDER PROGRAM... [-- ARGUMENT...]</code>
/// Tests with the trait "needs=quiet machine" run last, after everything else. At most <see cref="MaximumSecondTries"/> tests of a program that fail run
/// once more, alone: what else the machine did meanwhile is no fault of the product. A test that fails twice has failed; one that passes then is named at
/// the end of the output, and what it said at first stands above, since a fault that comes seldom is one too. The last line of the output is
/// "N passed, N failed, N skipped". Exit status: 0 if all went well and a test ran, 1 if not, 2 usage.
/// </summary>
internal static class Program
{
    // Seconds that one test program may take; more on a slow machine.
    private const string LimitVariable = "TEST_TIMEOUT_SECONDS";
    private const int DefaultLimit = 2700;

    /// <summary>More failures than this are no chance.</summary>
    private const int MaximumSecondTries = 5;

    private static readonly string[] QuietTests = ["-trait", "needs=quiet machine"];
    private static readonly string[] OtherTests = ["-trait-", "needs=quiet machine"];

    private static int Main(string[] arguments)
    {
        var end = Array.IndexOf(arguments, "--");
        var programs = arguments[..(end < 0 ? arguments.Length : end)].Skip(1).ToArray();
        var given = end < 0 ? [] : arguments[(end + 1)..];
        var limitText = Environment.GetEnvironmentVariable(LimitVariable);
        var limit = DefaultLimit;
        if (programs.Length == 0
            || (!string.IsNullOrEmpty(limitText) && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit == 0)))
        {
            Console.Error.WriteLine($"usage: WireDns.TestRunner RESULTS_FOLDER PROGRAM... [-- ARGUMENT...]; {LimitVariable} is a number of seconds from 1 on");
            return 2;
        }

        Directory.CreateDirectory(arguments[0]);
        var runs = new List<TestRun>();
        foreach (var (filter, suffix) in new[] { (OtherTests, ""), (QuietTests, ".quiet") })
        {
            foreach (var program in programs)
            {
                var log = Path.Combine(arguments[0], TestRun.NameOf(program) + suffix + ".jsonl");
                var run = TestRun.Of(program, [.. given, .. filter], TimeSpan.FromSeconds(limit), log, Console.Out);
                if (run.MayBeTriedAgain && run.FailedTests.Count <= MaximumSecondTries)
                {
                    Console.WriteLine($"{TestRun.NameOf(program)}: what failed runs a second time");
                    var methods = run.FailedTests.Select(test => test.Split('(')[0]).Distinct().SelectMany(method => new[] { "-method", method });
                    var second = TestRun.Of(program, [.. given, .. filter, .. methods], TimeSpan.FromSeconds(limit), log + ".second", Console.Out);
                    run.TakeSecondTry(second);
                }

                runs.Add(run);
            }
        }

        return Sum(runs) ? 0 : 1;
    }

    private static bool Sum(List<TestRun> runs)
    {
        var (passed, failed, skipped) = (runs.Sum(run => run.Passed), runs.Sum(run => run.Failed), runs.Sum(run => run.Skipped));
        Console.WriteLine();
        foreach (var note in runs.SelectMany(run => run.Notes).OrderByDescending(note => note, StringComparer.Ordinal))
        {
            Console.WriteLine(note);
        }

        if (passed + failed == 0)
        {
            Console.WriteLine("failed: no test ran");
        }

        Console.WriteLine($"\n{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && passed > 0;
    }
}
