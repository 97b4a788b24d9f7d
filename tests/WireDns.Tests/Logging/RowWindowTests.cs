using WireDns.Hunting;

namespace WireDns.Tests.Logging;

/// <summary>Which rows are made again for the sake of others.</summary>
public sealed class RowWindowTests
{
    private readonly RowWindow _window = new();

    [Fact]
    public void A_row_of_a_lookup_with_others_is_made_with_them_also_where_they_are_in_another_group()
    {
        _window.Add(Group(1), Judged((RowNeed.None, 7), (RowNeed.WithOthers, 1), (RowNeed.WithOthers, 2)));
        _window.Add(Group(2), Judged((RowNeed.Made, 1), (RowNeed.WithOthers, 3), (RowNeed.WithOthers, 4), (RowNeed.WithOthers, 4)));

        Assert.Equal([1], Taken(1));
        Assert.Equal([0, 2, 3], Taken(2));
        Assert.False(_window.TryTake(isEnd: true, out _, out _));
    }

    [Fact]
    public void Rows_with_the_name_of_an_unusual_one_are_made()
    {
        var unusual = Judged((RowNeed.Unusual, 9));
        unusual.UnusualNames.Add(Hash(7));
        _window.Add(Group(1), Judged((RowNeed.None, 7), (RowNeed.None, 8)));
        _window.Add(Group(2), unusual);

        Assert.Equal([0], Taken(1));
        Assert.Equal([0], Taken(2));
    }

    [Fact]
    public void A_group_waits_for_the_rows_that_may_belong_to_it_and_what_lies_further_back_is_forgotten()
    {
        var half = Enumerable.Repeat((RowNeed.None, 0), EventOrder.WaitingRows / 2).ToArray();
        _window.Add(Group(1), Judged((RowNeed.WithOthers, 1), (RowNeed.WithOthers, 2)));
        _window.Add(Group(2), Judged(half));
        Assert.False(_window.TryTake(isEnd: false, out _, out _));
        _window.Add(Group(3), Judged([(RowNeed.WithOthers, 1), .. half]));

        Assert.Equal([0], Taken(1, isEnd: false));
        Assert.False(_window.TryTake(isEnd: false, out _, out _));
        _window.Add(Group(4), Judged(half));
        Assert.Empty(Taken(2, isEnd: false));
        _window.Add(Group(5), Judged([(RowNeed.WithOthers, 2), .. half]));
        Assert.Equal([0], Taken(3, isEnd: false));
        Assert.Empty(Taken(4));
        Assert.Empty(Taken(5));
    }

    private int[] Taken(int group, bool isEnd = true)
    {
        Assert.True(_window.TryTake(isEnd, out var taken, out var rows));
        Assert.Equal(group, taken.Place.Index);
        return rows;
    }

    private static SurveyedGroup Group(int index) => new(new GroupPlace("a", index, 0), (0, index), "run", null);

    private static JudgedRows Judged(params (RowNeed Need, int Key)[] rows)
    {
        var judged = new JudgedRows(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            (judged.Needs[row], judged.Keys[row]) = (rows[row].Need, Hash(rows[row].Key));
        }

        return judged;
    }

    // The upper bits count.
    private static ulong Hash(int key) => (ulong)key << 40;
}
