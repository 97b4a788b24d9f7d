using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>A rule's field in words.</summary>
internal static class FieldWords
{
    private static readonly DnsFields Fields = new();

    /// <summary>
    /// The field as <c>the question name (QueryName)</c>; for a field that no wire carries, the words say so, unless the rule is about
    /// another log altogether.
    /// </summary>
    public static string Describe(string name, LogSource source) => !Fields.TryResolve(name, source, out var field)
        ? LogSources.Describe(source) is null ? name : $"{name} (which no wire carries)"
        : Enum.IsDefined((DnsField)field.Id) ? $"{FieldGuide.MeaningOf((DnsField)field.Id)} ({name})" : name;

    /// <summary>Whether a rule's field is the address of a client or server.</summary>
    public static bool IsOfAnEnd(string name, LogSource source) =>
        Fields.TryResolve(name, source, out var field) && (DnsField)field.Id is DnsField.ClientAddress or DnsField.ServerAddress;
}
