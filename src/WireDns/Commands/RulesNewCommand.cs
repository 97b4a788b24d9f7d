using System.CommandLine;
using System.Text;
using WireDns.Alerts.Transports;
using WireDns.RuleTools;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules new</c>: writes a rule to begin with, and its test cases.</summary>
internal static class RulesNewCommand
{
    public static Command Create()
    {
        var kind = new Option<string>("--kind", "-k")
        {
            Description = "What the rule looks at: a query, the response, an address in the answer, many lookups; or a filter of other rules.",
            HelpName = string.Join('|', RuleTemplate.Kinds),
            DefaultValueFactory = _ => RuleTemplate.Kinds[0],
        };
        var output = new Option<string>("--output", "-O")
        {
            Description = "Write the rule to this file, which must not exist and ends in .yml or .yaml, and its test cases beside it (rule.test.yml for rule.yml).",
            HelpName = "FILE",
        };
        kind.AcceptOnlyFromAmong([.. RuleTemplate.Kinds]);
        output.Validators.Add(result =>
        {
            if (result.Tokens is [var file] && !IsRuleFile(file.Value))
            {
                result.AddError($"{output.Name} takes a file whose name ends in .yml or .yaml, but not in .test.yml; not '{file.Value}'.");
            }
        });
        var command = new Command("new", "Write a new rule, with comments, that loads as it stands, and test cases that it passes.") { kind, output };
        command.SetAction(arguments =>
        {
            var template = RuleTemplate.Make(arguments.GetValue(kind)!, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime));
            if (arguments.GetValue(output) is not { } path)
            {
                Print(template.Rule);
                return ExitStatus.Done;
            }

            var testPath = Path.ChangeExtension(path, $".test{Path.GetExtension(path)}");
            RequireAbsent(testPath);
            Write(path, template.Rule);
            Write(testPath, template.Test(Path.GetFileName(path)));
            StandardError.Write($"wiredns: {path} is the rule, {testPath} are its test cases; next: wiredns rules check {path}; wiredns rules test {testPath}");
            return ExitStatus.Done;
        });
        return command;
    }

    private static bool IsRuleFile(string path)
    {
        var (name, ending) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        return name.Length > 0 && ending is ".yml" or ".yaml" && !name.EndsWith(".test", StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(string text)
    {
        using var output = StreamTransport.OpenStandardOutput();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            output.Write(Encoding.UTF8.GetBytes(line));
        }

        StandardOutput.Check(output.Flush());
    }

    private static void RequireAbsent(string path)
    {
        if (Path.Exists(path))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{path} exists already, and is not overwritten");
        }
    }

    // CreateNew: a file that appears between a look and the writing is not overwritten either.
    private static void Write(string path, string text)
    {
        RequireAbsent(path);
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (DirectoryNotFoundException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{path}: there is no such folder");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{path}: permission denied");
        }
        catch (IOException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{path}: it cannot be written");
        }
    }
}
