using System.Globalization;
using System.Text;
using WireDns.Detection.Correlation;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Tests.Correlation;

public sealed class EvidenceLogTests
{
    private const int Capacity = 65_536;

    private const string Source = "a.pcap";

    [Fact]
    public void Finds_each_of_the_last_hits_with_its_name_and_forgets_those_before()
    {
        var log = new EvidenceLog();
        const int Hits = Capacity + 10_000;
        for (var i = 0; i < Hits; i++)
        {
            Assert.Equal(i, Add(log, Name(i)));
        }

        Assert.Null(log.Find(Hits - Capacity - 1, 1, Source));
        Assert.Null(log.Find(Hits, 1, Source));
        Assert.Null(log.Find(-1, 1, Source));
        for (var i = Hits - Capacity; i < Hits; i++)
        {
            Assert.Equal(Name(i), log.Find(i, 1, Source)!.QuestionName);
        }
    }

    [Fact]
    public void Forgets_hits_whose_names_were_written_over()
    {
        // 4 MiB hold 20,971 names of 200 bytes.
        var log = new EvidenceLog();
        for (var i = 0; i < 30_000; i++)
        {
            Add(log, Name(i).PadRight(200, 'x'));
        }

        Assert.Null(log.Find(30_000 - 20_972, 1, Source));
        Assert.Equal(Name(9_029).PadRight(200, 'x'), log.Find(30_000 - 20_971, 1, Source)!.QuestionName);
    }

    [Fact]
    public void Tells_a_hit_without_a_question_from_one_for_the_root()
    {
        var log = new EvidenceLog();
        log.Add(default, 53, default, NameForm.None, 1, Source);
        Add(log, ".");
        Assert.Null(log.Find(0, 1, Source)!.QuestionName);
        Assert.Equal(".", log.Find(1, 1, Source)!.QuestionName);
    }

    [Theory]
    [InlineData("plain", "0474657374076578616d706c6500", "test.example")]
    [InlineData("a dot and a control character in a label", "04612e0062076578616d706c6500", @"a\.\000b.example")]
    public void Shows_a_name_in_wire_form_as_the_text_that_rules_see(string description, string wire, string expected)
    {
        Assert.NotEmpty(description);
        var log = new EvidenceLog();
        log.Add(default, 53, Convert.FromHexString(wire), NameForm.Wire, 1, Source);
        Assert.Equal(expected, log.Find(0, 1, Source)!.QuestionName);
    }

    [Fact]
    public void Remembers_nothing_once_cleared()
    {
        var log = new EvidenceLog();
        Add(log, "a");
        log.Clear();
        Assert.Null(log.Find(0, 1, Source));
        Assert.Equal(0, Add(log, "b"));
        Assert.Equal("b", log.Find(0, 1, Source)!.QuestionName);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"host-{number}.example");

    private static long Add(EvidenceLog log, string name) => log.Add(default(NetAddress), 53, Encoding.UTF8.GetBytes(name), NameForm.Text, 1, Source);
}
