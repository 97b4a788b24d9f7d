using System.CommandLine;
using WireDns.Settings;

namespace WireDns.Commands;

/// <summary>The whole numbers that an option of one command takes; a <see cref="Setting"/> has its own.</summary>
internal static class NumberRange
{
    /// <summary>Refuses what is outside, and what is no number. (A validator may not ask the parser for a value that is none.)</summary>
    public static void Require(Option option, long least, long largest) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (Setting.CheckNumber(token.Value, least, largest) is { } fault)
            {
                result.AddError($"{option.Name} {fault}");
            }
        }
    });
}
