using System.Globalization;

namespace WireDns.Tests.Detection;

/// <summary>Rules as text, around a detection.</summary>
internal static class RuleText
{
    /// <summary>A rule with this detection, for this log.</summary>
    public static string With(string detection, string logSource = "category: dns") => $"""
        title: A rule of the tests
        id: 5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1
        status: test
        author: A. Defender
        logsource:
          {logSource.ReplaceLineEndings("\n  ")}
        detection:
          {detection.ReplaceLineEndings("\n  ")}
        level: medium
        """;

    /// <summary>A rule with one selection of one field.</summary>
    public static string Of(string match, string logSource = "category: dns") => With($"selection:\n  {match}\ncondition: selection", logSource);

    /// <summary>The id of one of many rules.</summary>
    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"11111111-0000-4000-8000-{number:D12}");

    /// <summary>One of many rules.</summary>
    public static string Rule(int number, string detection, string condition) => $$"""
        title: rule {{number}}
        id: {{Id(number)}}
        logsource: {category: dns}
        detection:
          {{detection}}
          condition: {{condition}}
        level: low
        """;

    /// <summary>
    /// What the rules on mining pools of Zeek's log look like: names, without the lookups that led nowhere.
    /// </summary>
    public static string AnsweredPool => With(
        """
        selection:
          query|endswith: '.pool.example'
        exclude_answers:
          answers:
            - '127.0.0.1'
            - '0.0.0.0'
        exclude_rejected:
          rejected: 'true'
        condition: selection and not 1 of exclude_*
        """, "product: zeek\nservice: dns");
}
