using System.CommandLine;
using WireDns.Reading;
using WireDns.RuleTools.Testing;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules test</c>: runs files of test cases against rules.</summary>
internal static class RulesTestCommand
{
    public static Command Create()
    {
        var files = PathArgument.Create("FILE", "YAML files of test cases (docs/rules.md), or folders whose .test.yml files are run, subfolders included.");
        var junit = new Option<string>("--junit") { Description = "Write the results as JUnit XML too.", HelpName = "FILE" };
        var command = new Command("test", "Test rules: which fire how often on captures or events, and which must not.") { files, junit };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Loading);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            using var signals = new StopSignals();
            var runner = new RuleTestRunner(settings.Rules.Load(takesAll: true));
            var tests = Read(arguments.GetValue(files) ?? []);
            var results = new List<RuleTestResult>();
            foreach (var test in tests)
            {
                results.AddRange(test.Cases.Select(testCase => runner.Run(test, testCase, signals.Requested)));
            }

            if (signals.Requested.IsCancellationRequested)
            {
                throw new CommandFailure(ExitStatus.Failed, "interrupted");
            }

            var errors = runner.Errors.ToList();
            errors.ForEach(error => StandardError.Write(error.ToString()));
            StandardOutput.Report(settings.Output.Colouring.IsColoured(), writer => Write(writer, results));
            if (arguments.GetValue(junit) is { } path)
            {
                WriteJUnit(path, results);
            }

            return errors.Count > 0 ? ExitStatus.Usage : results.Any(result => result.Failures.Count > 0) ? ExitStatus.Failed : ExitStatus.Done;
        });
        return command;
    }

    private static List<RuleTestFile> Read(string[] paths)
    {
        var tests = new List<RuleTestFile>();
        foreach (var path in paths.SelectMany(Expand))
        {
            try
            {
                tests.Add(RuleTestFile.Read(path));
            }
            catch (TestFileException exception)
            {
                throw new CommandFailure(ExitStatus.Usage, $"{path}:{exception.Line}: {exception.Message}");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure(ExitStatus.Usage, FileRun.Describe(path, exception));
            }
        }

        return tests;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            List<string> files = [.. Directory.GetFiles(path, "*.test.y*ml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            return files.Count > 0 ? files : throw new CommandFailure(ExitStatus.Usage, $"{path}: there is no file in this folder that ends in .test.yml");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Usage, FileRun.Describe(path, exception));
        }
    }

    private static void Write(ReportWriter writer, List<RuleTestResult> results)
    {
        foreach (var result in results)
        {
            var hasPassed = result.Failures.Count == 0;
            writer.Line(
                new Part(hasPassed ? "passed" : "FAILED", hasPassed ? Style.Good : Style.Fault), "  ", result.Case.Name,
                new Part($"  ({result.File}:{result.Case.Line})", Style.Faint));
            foreach (var failure in result.Failures)
            {
                writer.Line("        ", failure);
            }
        }

        var failed = results.Count(result => result.Failures.Count > 0);
        writer.Line($"{results.Count - failed} passed, {failed} failed");
    }

    private static void WriteJUnit(string path, List<RuleTestResult> results)
    {
        try
        {
            using var stream = File.Create(path);
            JUnitReport.Write(stream, results);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }
    }
}
