using System.Text;
using WireDns.Detection.Lists;

namespace WireDns.Detection.Tests.Lists;

/// <summary>Files of values, as people and feeds write them.</summary>
public sealed class ListFileTests
{
    public static IEnumerable<TheoryDataRow<string, string[]>> Sound =>
    [
        new("evil.example\nbad.example\n", ["evil.example", "bad.example"]) { Label = "a list" },
        new("evil.example", ["evil.example"]) { Label = "no line end at the end" },
        new("\uFEFFevil.example\r\nbad.example\r\n", ["evil.example", "bad.example"]) { Label = "line ends of Windows, a byte order mark" },
        new("# a feed\n\n  evil.example\t # seen today\n\t\n#bad.example\nc2#1.example\n", ["evil.example", "c2#1.example"]) { Label = "comments, blanks and empty lines" },
        new("evil.example.\n", ["evil.example"]) { Label = "a dot at the end" },
        new("bücher.example\n", ["bücher.example"]) { Label = "names in their own letters" },
        new("*.evil.example\n", ["*.evil.example"]) { Label = "names below a name" },
        new("a*b.example\nwhat?.example\nCORP\\admin\n*\n", [@"a\*b.example", @"what\?.example", @"CORP\\admin", @"\*"]) { Label = "what Sigma would read otherwise" },
        new("evil.*.example\n*evil.example\n", [@"evil.\*.example", @"\*evil.example"]) { Label = "a star elsewhere" },
        new("powershell -enc\ncmd.exe /c\n", ["powershell -enc", "cmd.exe /c"]) { Label = "texts" },

        new("127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n0.0.0.0 evil.example www.evil.example # both\n\n0.0.0.0\tbad.example.\n", ["evil.example", "www.evil.example", "bad.example"]) { Label = "a hosts file" },
        new("# h\n:: evil.example\nfe80::1%lo0 localhost\n", ["evil.example"]) { Label = "a hosts file of IPv6" },

        new("evil.example CNAME .\n*.evil.example CNAME .\n", ["evil.example", "*.evil.example"]) { Label = "policy records alone" },
        new(
            """
            $TTL 1h
            @   IN SOA ns.rpz.example. root.rpz.example. (
                    2026112401 ; serial (of today)
                    1h 15m 30d 2h )
                IN NS  localhost.
            evil.example        CNAME .           ; NXDOMAIN
            *.evil.example 300 IN CNAME *.        ; NODATA
            walled.example      IN 60 A 192.0.2.1
                                AAAA 2001:db8::1
                                TXT "see (the note; below"
            drop.example        CNAME rpz-drop.
            good.example        CNAME rpz-passthru.
            old.example         CNAME old.example.
            32.1.2.0.192.rpz-ip CNAME .
            ns.evil.rpz-nsdname CNAME .

            """,
            ["evil.example", "*.evil.example", "walled.example", "drop.example"]) { Label = "a policy zone" },
        new(
            """
            $ORIGIN rpz.example.
            rpz.example. SOA a. b. 1 2 3 4 5
            rpz.example. NS ns.rpz.example.
            evil.example CNAME .
            bad.example.rpz.example. CNAME .
            $ORIGIN sub.evil.test.rpz.example.
            www CNAME .
            @ CNAME .

            """,
            ["evil.example", "bad.example", "www.sub.evil.test", "sub.evil.test"]) { Label = "a policy zone that says its name" },
    ];

    [Theory]
    [MemberData(nameof(Sound))]
    public void Reads_what_it_finds_by_the_content(string text, string[] values)
    {
        var reading = Read(text);

        Assert.Empty(reading.Faults);
        Assert.Equal(values, reading.Values);
        Assert.Equal(values.Length, reading.Values.Count);
    }

    [Theory]
    [InlineData("id,domain,threat\n1,evil.example,bot\n2,bad.example,c2\n", "domain", "evil.example", "bad.example", Label = "by name")]
    [InlineData("\"Id\",\"Domain\"\n\"1\",\"evil.example\"\n", "domain", "evil.example", Label = "by name in other case, with quotes")]
    [InlineData("1,evil.example\n2,bad.example\n", "2", "evil.example", "bad.example", Label = "by number, without names")]
    [InlineData("id,domain\n1,evil.example\n2,bad.example\n", "2", "evil.example", "bad.example", Label = "by number, with names")]
    [InlineData("evil.example,1\n", "1", "evil.example", Label = "one row")]
    [InlineData("id;domain\n1;evil.example\n", "domain", "evil.example", Label = "semicolons")]
    [InlineData("id\tdomain\n1\tevil.example\n", "domain", "evil.example", Label = "tabs")]
    [InlineData("# feed\n\nid,domain\n1,evil.example\n#2,no.example\n3,\n4,bad.example\n", "domain", "evil.example", "bad.example", Label = "comments, blank lines, empty cells")]
    [InlineData("note,domain\n\"a, \"\"b\"\",\nc\",evil.example\nx,bad.example\n", "domain", "evil.example", "bad.example", Label = "commas, quotes and line ends in quotes")]
    [InlineData("domain,n\n\"say \"\"hi\"\"\",1\n", "domain", "say \"hi\"", Label = "a quote in quotes as the value")]
    [InlineData("\"id\", \"domain\"\n\"1\", \"evil.example\"\n", "domain", "evil.example", Label = "blanks before quotes")]
    [InlineData("domain\nevil.example\n", "domain", "evil.example", Label = "one column alone")]
    public void Reads_a_column(string text, string column, params string[] values)
    {
        var reading = Read(text, ListFormat.Csv, column);

        Assert.Empty(reading.Faults);
        Assert.Equal(values, reading.Values);
    }

    [Theory]
    [InlineData("", null, null, "f:1: expected at least one value, found none", Label = "an empty file")]
    [InlineData("# nothing\n", null, null, "f:1: expected at least one value, found none", Label = "comments alone")]
    [InlineData("id,domain\n1,evil.example\n", null, null,
        "f:1: this looks like CSV: say which column has the values, as in NAME=FILE:csv:id, or NAME=FILE:list where lines are values; its columns are 'id', 'domain'",
        Label = "CSV without a column")]
    [InlineData("id,domain\n1,evil.example\n", ListFormat.Csv, "host", "f:1: expected a column host in the first row, whose columns are 'id', 'domain'", Label = "another column")]
    [InlineData("id,domain\n", ListFormat.Csv, "0", "f:1: expected a column 0 in the first row, whose columns are 'id', 'domain'", Label = "column 0")]
    [InlineData("id,domain\n1,evil.example\n2\n", ListFormat.Csv, "domain", "f:3: expected at least 2 columns, found 1", Label = "a short row")]
    [InlineData("id,domain\n1,\"evil.example\n2,x\n", ListFormat.Csv, "domain", "f:2: a quoted cell does not end", Label = "a quote that is not closed")]
    [InlineData("id,domain\n1,\"evil\".example\n", ListFormat.Csv, "domain",
        "f:2: expected a quoted cell to end before the next column, found '1,\"evil\".example'",
        Label = "text after a quote")]
    [InlineData("id,domain\n1,\"a\nb\"\n", ListFormat.Csv, "domain", "f:2: expected a text in UTF-8 without a line end, found 'a\\u{a}b'", Label = "a line end in a value")]
    [InlineData("0.0.0.0 evil.example\nbad.example\n", null, null, "f:2: expected an address and the names after it, found 'bad.example'", Label = "a name alone among hosts")]
    [InlineData("0.0.0.0 evil.example\n0.0.0.0 # none\n", null, null, "f:2: expected a name after the address 0.0.0.0, found none", Label = "an address alone")]
    [InlineData("$TTL 1\n$INCLUDE other.zone\n", null, null, "f:2: expected $ORIGIN with a name, $TTL or a record, found '$INCLUDE other.zone'", Label = "a zone that includes another")]
    [InlineData("evil.example CNAME .\nbad.example\n", null, null, "f:2: expected a name and a record of the zone, found 'bad.example'", Label = "an owner without a record")]
    [InlineData("$ORIGIN rpz.example.\nevil.example. CNAME .\n", null, null, "f:2: expected a name in the zone rpz.example, found evil.example", Label = "a name of another zone")]
    [InlineData("@ SOA a. b. ( 1\n2 3 4 5\n", null, null, "f:2: a parenthesis is not closed", Label = "a parenthesis that is not closed")]
    public void Says_what_is_wrong(string text, object? format, string? column, string fault)
    {
        Assert.Equal([fault], Read(text, (ListFormat?)format, column).Faults);
    }

    [Fact]
    public void Says_all_that_is_wrong_but_not_more_than_a_person_reads()
    {
        var reading = Read("0.0.0.0 a.example\n" + string.Concat(Enumerable.Repeat("oops\n", 1000)));

        Assert.Equal(20, reading.Faults.Count);
        Assert.StartsWith("f:21: ", reading.Faults[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_no_utf_8_and_says_which_line()
    {
        using var latin = new MemoryStream([.. "a.example\nb"u8, 0xfc, .. "cher.example\n"u8]);
        using var wide = new MemoryStream([0xff, 0xfe, .. Encoding.Unicode.GetBytes("a.example\n")]);

        Assert.StartsWith("f:2: expected a text in UTF-8", Assert.Single(ListFile.Read(latin, "f", null).Faults), StringComparison.Ordinal);
        Assert.Equal(["f:1: expected a text in UTF-8, found one in UTF-16"], ListFile.Read(wide, "f", null).Faults);
    }

    [Fact]
    public void Refuses_a_line_that_does_not_end()
    {
        using var endless = new EndlessStream();

        Assert.Equal(["f:1: a line is longer than 1 MiB"], ListFile.Read(endless, "f", ListFormat.Plain).Faults);
    }

    [Fact]
    public void Says_what_is_left_out_or_looks_odd()
    {
        Assert.Equal(
            ["f: 1 of 3 values are no host names (the first in line 2): taken as they stand"],
            Read("evil.example\nhttp://evil.example/x\nbad.example\n").Notes);
        Assert.Equal(["f: 2 names of the host itself (localhost and the like) are left out"], Read("::1 localhost ip6-loopback\n:: evil.example\n").Notes);
        Assert.Equal(
            [
                "f: 1 names that the zone lets pass (rpz-passthru) are left out: a list cannot take them away from others",
                "f: 2 entries that are about addresses or name servers (rpz-ip, rpz-nsdname …) are left out",
            ],
            Read("evil.example CNAME .\ng.example CNAME RPZ-passthru.\n24.0.2.0.192.rpz-ip CNAME .\nns.x.rpz-nsdname CNAME .\n").Notes);
        Assert.Equal(
            ["f: 1 row is taken for the names of the columns: 'domain' in line 1 is no value"],
            Read("domain\nevil.example\n", ListFormat.Csv, "1").Notes);
        Assert.Empty(Read("one text\nanother text\n").Notes);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var random = new Random(20261124);
        var samples = Sound.Select(row => Encoding.UTF8.GetBytes(row.Data.Item1)).ToList();
        foreach (var sample in samples)
        {
            for (var length = 0; length <= sample.Length; length++)
            {
                ReadAll(sample[..length]);
            }

            for (var i = 0; i < 300; i++)
            {
                var mutated = (byte[])sample.Clone();
                for (var change = random.Next(1, 6); change > 0; change--)
                {
                    mutated[random.Next(mutated.Length)] = random.GetItems("\n\r\t \"\\,;()#*.$@\0\x80\xffa1"u8, 1)[0];
                }

                ReadAll(mutated);
            }
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        foreach (var format in new ListFormat?[] { null, ListFormat.Plain, ListFormat.Hosts, ListFormat.Rpz, ListFormat.Csv })
        {
            using var stream = new MemoryStream(bytes);
            var reading = ListFile.Read(stream, "f", format, "2");
            Assert.True(reading.Faults.Count > 0 || reading.Values.Count > 0);
            Assert.Equal(reading.Values.Count, reading.Values.Count(value => value.Length > 0));
        }
    }

    private static ListReading Read(string text, ListFormat? format = null, string? column = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return ListFile.Read(stream, "f", format, column);
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
