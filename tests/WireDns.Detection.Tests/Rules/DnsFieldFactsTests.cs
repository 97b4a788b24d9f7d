using System.Text;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Tests.Rules;

/// <summary>What is known about the values of fields.</summary>
public sealed class DnsFieldFactsTests
{
    [Fact]
    public void The_words_of_a_field_are_the_mnemonics_of_all_numbers()
    {
        Assert.Equal(Mnemonics(ushort.MaxValue, number => DnsMnemonics.Get((DnsRecordType)number)), WordsOf(DnsField.AnswerType));
        Assert.Equal(Mnemonics(ushort.MaxValue, number => DnsMnemonics.Get((DnsClass)number)), WordsOf(DnsField.AnswerClass));
        Assert.Equal(Mnemonics(4095, number => DnsMnemonics.Get((DnsResponseCode)number)), WordsOf(DnsField.ResponseCode));
        Assert.Equal(Mnemonics(15, number => DnsMnemonics.Get((DnsOpcode)number)), WordsOf(DnsField.Opcode));
    }

    private static IReadOnlyList<string> WordsOf(DnsField field) => DnsFieldFacts.Of(field, LogKind.Network).Words;

    private static List<string> Mnemonics(int largest, Mnemonic mnemonic)
    {
        var words = new List<string>();
        for (var number = 0; number <= largest; number++)
        {
            if (!mnemonic(number).IsEmpty)
            {
                words.Add(Encoding.ASCII.GetString(mnemonic(number)));
            }
        }

        return words;
    }

    private delegate ReadOnlySpan<byte> Mnemonic(int number);
}
