using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>A query for the rows that a rule matches, or the reason why there is none that is exact.</summary>
/// <param name="Text">The query; null if it is refused.</param>
/// <param name="Refusal">The reason; null if it is not refused.</param>
internal sealed record RuleQuery(string? Text, string? Refusal);

/// <summary>Writes rules as queries of an engine.</summary>
internal interface IQueryFormat
{
    /// <summary>What makes a line a comment.</summary>
    public string CommentMark { get; }

    /// <summary>Whether queries are JSON.</summary>
    public bool IsJson { get; }

    /// <summary>Writes a rule.</summary>
    public RuleQuery Write(SigmaRule rule);
}

/// <summary>Writes rules as SQL.</summary>
/// <param name="sql">The engine's SQL.</param>
/// <param name="table">The name of the table.</param>
/// <param name="isPlain">Whether the table has a column for each field by the rules' names; otherwise it is the DNS log.</param>
internal sealed class SqlQueryFormat(SqlDialect sql, string table, bool isPlain) : IQueryFormat
{
    /// <inheritdoc/>
    public string CommentMark => "--";

    /// <inheritdoc/>
    public bool IsJson => false;

    /// <inheritdoc/>
    public RuleQuery Write(SigmaRule rule)
    {
        var refusal = default(string);
        string condition;
        if (isPlain)
        {
            condition = Condition(new PlainTable(sql));
        }
        else
        {
            var waits = LoadedRules.WaitsForResponse(rule);
            var ofQuery = Condition(new LogTable(sql, isResponse: false, waits));
            var ofResponse = Condition(new LogTable(sql, isResponse: true, waits));

            // A rule that waits is evaluated on the response, or on the query where there is none; any other on both, and one is enough.
            condition = ofQuery == ofResponse ? ofQuery : waits
                ? $"((flags IS NOT NULL AND {ofResponse}) OR (flags IS NULL AND {ofQuery}))"
                : $"((flags IS NOT NULL AND {ofResponse}) OR (query_flags IS NOT NULL AND NOT coalesce(further_response, FALSE) AND {ofQuery}))";
        }

        return refusal is null ? new RuleQuery($"SELECT * FROM {table} WHERE {condition};", null) : new RuleQuery(null, refusal);

        string Condition(IQueryTable columns)
        {
            var written = new SqlCondition(sql, columns, rule);
            var text = written.Write();
            refusal ??= written.Refusal;
            return text;
        }
    }
}
