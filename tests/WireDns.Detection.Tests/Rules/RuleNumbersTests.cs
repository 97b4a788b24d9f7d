using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Tests.Rules;

public sealed class RuleNumbersTests
{
    [Fact]
    public void Two_rules_with_one_id_are_told_apart_by_their_contents()
    {
        var (numbers, first) = RuleNumbers.Begin([Rule("id", "a", 1), Rule("id", "b", 2)]);
        Assert.Equal([0, 1], first);
        Assert.Equal([1, 0], numbers.Follow([Rule("id", "b", 2), Rule("id", "a", 1)]).OfDocuments);

        // One of them edited.
        Assert.Equal([1, 0], numbers.Follow([Rule("id", "b", 2), Rule("id", "a", 3)]).OfDocuments);
        Assert.Equal([0, 1, 2], numbers.Follow([Rule("id", "a", 3), Rule("id", "c", 4), Rule("id", "d", 5)]).OfDocuments);
    }

    [Fact]
    public void Two_rules_that_say_the_same_have_a_number_each()
    {
        var (numbers, _) = RuleNumbers.Begin([Rule(null, "a", 1), Rule(null, "a", 1)]);
        Assert.Equal([0, 1, 2], numbers.Follow([Rule(null, "a", 1), Rule(null, "a", 1), Rule(null, "a", 1)]).OfDocuments);
        Assert.Equal([0], numbers.Follow([Rule(null, "a", 1)]).OfDocuments);
    }

    [Fact]
    public void A_number_is_never_given_to_another_rule()
    {
        var (numbers, _) = RuleNumbers.Begin([Rule("one", "a", 1), Rule(null, "b", 2)]);
        Assert.Equal([2, 3], numbers.Follow([Rule("two", "a", 1), Rule(null, "c", 3)]).OfDocuments);
        Assert.Equal([1, 0], numbers.Follow([Rule(null, "b", 2), Rule("one", "a", 1)]).OfDocuments);
    }

    [Fact]
    public void A_rule_and_a_correlation_with_one_id_are_two()
    {
        var (numbers, _) = RuleNumbers.Begin([Rule("id", "a", 1)]);
        var correlation = new CorrelationRule
        {
            File = "",
            Position = default,
            Title = "a",
            Id = "id",
            Type = CorrelationType.EventCount,
            Rules = [],
            GroupBy = [],
            Aliases = [],
            Timespan = TimeSpan.FromSeconds(1),
            TimespanText = "1s",
            Condition = new CorrelationCondition { Thresholds = [] },
            Generate = false,
        };
        Assert.Equal([1, 0], numbers.Follow([(correlation, () => 1), Rule("id", "a", 1)]).OfDocuments);
    }

    [Fact]
    public void After_very_many_different_rules_numbers_begin_anew()
    {
        var (numbers, _) = RuleNumbers.Begin([Rule("kept", "kept", 1)], capacity: 100);
        for (UInt128 content = 2; content <= 100; content++)
        {
            var (same, ofDocuments) = numbers.Follow([Rule("kept", "kept", 1), Rule(null, "edited", content)]);
            Assert.Same(numbers, same);
            Assert.Equal([0, (int)content - 1], ofDocuments);
        }

        // A rule that is known already needs no room.
        Assert.Same(numbers, numbers.Follow([Rule("kept", "kept", 1), Rule(null, "edited", 50)]).Numbers);

        var (others, again) = numbers.Follow([Rule(null, "edited", 101), Rule("kept", "kept", 1)]);
        Assert.NotSame(numbers, others);
        Assert.Equal([0, 1], again);
        Assert.Equal([1, 0], others.Follow([Rule("kept", "kept", 1), Rule(null, "edited", 101)]).OfDocuments);
    }

    private static (SigmaDocument Document, Func<UInt128> Digest) Rule(string? id, string title, UInt128 content) => (
        new SigmaRule { File = "", Position = default, Title = title, Id = id, LogSource = new LogSource(), Detection = null!, FieldUses = [] },
        () => content);
}
