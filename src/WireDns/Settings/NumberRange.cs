using System.CommandLine;
using System.Globalization;

namespace WireDns.Settings;

/// <summary>The numbers that an option takes.</summary>
internal static class NumberRange
{
    /// <summary>Refuses what is outside. What is no number at all is refused by the parser, which a validator may not ask for a value then.</summary>
    public static void Require(Option<int> option, int minimum, int maximum) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token =>
            int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && (number < minimum || number > maximum)))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes {minimum:N0} to {maximum:N0}."));
        }
    });
}
