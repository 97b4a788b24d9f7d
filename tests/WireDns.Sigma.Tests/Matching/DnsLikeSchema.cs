using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Tests.Matching;

/// <summary>A schema like that of DNS events: fixed ids, aliases, and fields that are never present.</summary>
internal sealed class DnsLikeSchema : IFieldSchema
{
    public const int Name = 0;
    public const int Type = 1;
    public const int TypeNumber = 2;
    public const int Answer = 3;
    public const int Client = 4;

    public IReadOnlyList<FieldDefinition> KeywordFields { get; } = [new(Name, FieldKind.Name), new(Answer, FieldKind.Text)];

    public bool TryResolve(string name, out FieldDefinition field)
    {
        FieldDefinition? found = name switch
        {
            "query" or "QueryName" => new FieldDefinition(Name, FieldKind.Name),
            "qtype_name" => new FieldDefinition(Type, FieldKind.Text),
            "qtype" => new FieldDefinition(TypeNumber, FieldKind.Number),
            "answers" => new FieldDefinition(Answer, FieldKind.Text),
            "src_ip" => new FieldDefinition(Client, FieldKind.Address),
            _ => null,
        };
        field = found ?? default;
        return found is not null;
    }
}
