using System.Text;
using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Tests.Matching;

public sealed class JsonEventTests
{
    [Theory]
    [InlineData("", Label = "nothing")]
    [InlineData("\"a\"", Label = "a text")]
    [InlineData("[{}]", Label = "an array")]
    [InlineData("{\"a\":1", Label = "an object that does not end")]
    [InlineData("{\"a\"}", Label = "a key without a value")]
    [InlineData("{} {}", Label = "something after the object")]
    [InlineData("{\"a\":\"\\ud800\"}", Label = "a lone surrogate")]
    [InlineData("{\"a\":1,}", Label = "a trailing comma")]
    public void Refuses(string json)
    {
        var schema = new JsonEventSchema();
        Assert.True(schema.TryResolve("a", out var field));
        var @event = new JsonEvent(schema);
        Assert.False(@event.TryLoad(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(0, @event.CountValues(field.Id));
    }

    [Fact]
    public void Refuses_nesting_past_64_levels()
    {
        var schema = new JsonEventSchema();
        var @event = new JsonEvent(schema);
        Assert.True(@event.TryLoad(Nested(63)));
        Assert.False(@event.TryLoad(Nested(64)));

        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)}}}");
    }

    [Fact]
    public void Forgets_the_event_before()
    {
        var schema = new JsonEventSchema();
        schema.TryResolve("a.b", out var field);
        var @event = new JsonEvent(schema);
        Assert.True(@event.TryLoad("{\"a\":{\"b\":[\"x\",{\"c\":1},2,true,null]}}"u8));
        Assert.Equal(4, @event.CountValues(field.Id));
        Assert.Equal("x", Encoding.UTF8.GetString(@event.GetValue(field.Id, 0).Text));
        Assert.Equal(FieldValueKind.Null, @event.GetValue(field.Id, 3).Kind);
        Assert.True(@event.TryLoad("{}"u8));
        Assert.Equal(0, @event.CountValues(field.Id));
    }
}
