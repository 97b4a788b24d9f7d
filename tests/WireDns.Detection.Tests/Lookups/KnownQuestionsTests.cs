using WireDns.Detection.Lookups;

namespace WireDns.Detection.Tests.Lookups;

public sealed class KnownQuestionsTests
{
    [Fact]
    public void Gives_what_was_added_for_a_question_and_nothing_for_another()
    {
        var questions = new KnownQuestions();
        Assert.False(questions.TryFind(7, out _));
        questions.Add(7, [1, 4], hasNoHits: false);
        questions.Add(9, [], hasNoHits: true);
        Assert.True(questions.TryFind(7, out var first) && first is { IsKnown: true, HasNoHits: false });
        Assert.Equal([1, 4], first.Rules.ToArray());
        Assert.True(questions.TryFind(9, out var second) && second.HasNoHits && second.Rules.IsEmpty);
        Assert.False(questions.TryFind(11, out var third) || third.IsKnown);
    }

    [Fact]
    public void Leaves_questions_with_ever_other_results_to_the_rules()
    {
        var questions = new KnownQuestions();
        for (var i = 0; i < 100; i++)
        {
            questions.Add((ulong)((2 * i) + 1), [i], hasNoHits: false);
        }

        var known = Enumerable.Range(0, 100).Count(i => questions.TryFind((ulong)((2 * i) + 1), out _));
        Assert.Equal(64, known);
    }

    [Fact]
    public void Forgets_all_when_the_rules_change()
    {
        var questions = new KnownQuestions();
        questions.Add(7, [1], hasNoHits: false);
        questions.Clear();
        Assert.False(questions.TryFind(7, out _));
        questions.Add(7, [2], hasNoHits: false);
        Assert.True(questions.TryFind(7, out var known));
        Assert.Equal([2], known.Rules.ToArray());
    }
}
