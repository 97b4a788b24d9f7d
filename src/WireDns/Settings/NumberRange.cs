using System.CommandLine;
using System.Globalization;

namespace WireDns.Settings;

/// <summary>The whole numbers that an option takes.</summary>
internal static class NumberRange
{
    /// <summary>Refuses what is outside, and what is no number. (A validator may not ask the parser for a value that is none.)</summary>
    public static void Require(Option option, long minimum, long maximum) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (!long.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                || number < minimum || number > maximum)
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes {minimum:N0} to {maximum:N0}, not '{token.Value}'."));
            }
        }
    });
}
