using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>Writes whole DNS messages, RFC 1035 §4.1.</summary>
/// <param name="random">What is drawn from.</param>
/// <param name="lookups">The names that answers point to.</param>
/// <param name="repeatsAnswers">Whether a name's answers are <see cref="RepeatedAnswers"/>; otherwise each is another.</param>
internal sealed class DnsMessage(Xoshiro256 random, LookupSource lookups, bool repeatsAnswers = false)
{
    /// <summary>No message written here is longer.</summary>
    public const int Capacity = 1024;

    private const int HeaderLength = 12;
    private const ushort TypeCname = 5;
    private const ushort TypeSoa = 6;
    private const ushort TypeOpt = 41;
    private const ushort ClassIn = 1;
    private const int OptionHeaderLength = 4;
    private const ushort OptionPadding = 12;
    private const ushort OptionCookie = 10;

    // RFC 7873 §4: a client sends 8 octets of its own; the server's part, 16 of up to 32 here, follows them in a
    // response.
    private const int CookieOfClient = 8;
    private const int CookieOfBoth = 24;

    // RFC 1035 §4.1.4: a pointer to the first octet after the header, where the question's name starts.
    private const ushort PointerToQuestion = 0xC000 | HeaderLength;

    private const ushort QueryFlags = 0x0100;
    private const ushort ResponseFlags = 0x8180;
    private const ushort NameErrorFlags = 0x8183;

    /// <summary>Writes a lookup's query; returns its length.</summary>
    public static int WriteQuery(Span<byte> message, Lookup lookup)
    {
        var writer = new Cursor(message);
        WriteHeader(ref writer, lookup.Id, QueryFlags, answers: 0, authorities: 0, additionals: lookup.HasEdns ? 1 : 0);
        WriteQuestion(ref writer, lookup);
        WriteEdns(ref writer, lookup, CookieOfClient);
        return writer.Position;
    }

    /// <summary>
    /// Writes a lookup's query with an EDNS padding option (RFC 7830) of a given length, so that it fills several
    /// fragments; returns its length.
    /// </summary>
    public static int WritePaddedQuery(Span<byte> message, Lookup lookup, int paddingLength)
    {
        var writer = new Cursor(message);
        WriteHeader(ref writer, lookup.Id, QueryFlags, answers: 0, authorities: 0, additionals: 1);
        WriteQuestion(ref writer, lookup);
        WriteOpt(ref writer, OptionHeaderLength + paddingLength);
        writer.UInt16(OptionPadding);
        writer.UInt16((ushort)paddingLength);
        writer.Zeros(paddingLength);
        return writer.Position;
    }

    /// <summary>
    /// Writes a lookup's response; returns its length. Most have one to four addresses, 20 in a hundred a CNAME
    /// before them, 5 in a hundred say that there is no such name.
    /// </summary>
    /// <param name="message">Takes it.</param>
    /// <param name="lookup">The lookup.</param>
    /// <param name="seconds">When it is sent, from the beginning of the capture; only repeated answers ask.</param>
    public int WriteResponse(Span<byte> message, Lookup lookup, ulong seconds = 0)
    {
        var writer = new Cursor(message);
        var additionals = lookup.HasEdns ? 1 : 0;
        var seed = repeatsAnswers ? RepeatedAnswers.SeedOf(lookup, random) : 0;
        var answer = repeatsAnswers ? new Xoshiro256(seed) : random;
        if (!lookup.IsPlanted && answer.Percent(5))
        {
            WriteHeader(ref writer, lookup.Id, NameErrorFlags, answers: 0, authorities: 1, additionals);
            WriteQuestion(ref writer, lookup);
            WriteSoa(ref writer);
        }
        else
        {
            var hasAlias = answer.Percent(20);
            var addresses = lookup.Type == LookupSource.TypeA ? AddressCount(answer) : (AddressCount(answer) + 1) / 2;
            var answers = addresses + (hasAlias ? 1 : 0);
            WriteHeader(ref writer, lookup.Id, ResponseFlags, answers, authorities: 0, additionals);
            WriteQuestion(ref writer, lookup);
            var owner = !hasAlias ? PointerToQuestion
                : repeatsAnswers ? WriteAlias(ref writer, lookups.TargetOf(answer), RepeatedAnswers.TimeToLive(lookup, TypeCname, seconds))
                : WriteAlias(ref writer, lookups.NextTarget(), TimeToLive());
            var first = repeatsAnswers ? random.Below(addresses) : 0;
            for (var index = 0; index < addresses; index++)
            {
                if (repeatsAnswers)
                {
                    var address = Address(new Xoshiro256(seed ^ ((ulong)(first + index) % (ulong)addresses << 32)), lookup.Type);
                    WriteAddress(ref writer, owner, lookup.Type, address, RepeatedAnswers.TimeToLive(lookup, lookup.Type, seconds));
                }
                else
                {
                    WriteAddress(ref writer, owner, lookup.Type, Address(random, lookup.Type), TimeToLive());
                }
            }
        }

        WriteEdns(ref writer, lookup, CookieOfBoth);
        return writer.Position;
    }

    private static void WriteHeader(
        ref Cursor writer, ushort id, ushort flags, int answers, int authorities, int additionals)
    {
        writer.UInt16(id);
        writer.UInt16(flags);
        writer.UInt16(1);
        writer.UInt16((ushort)answers);
        writer.UInt16((ushort)authorities);
        writer.UInt16((ushort)additionals);
    }

    private static void WriteQuestion(ref Cursor writer, Lookup lookup)
    {
        writer.Octets(lookup.Name);
        writer.UInt16(lookup.Type);
        writer.UInt16(ClassIn);
    }

    /// <summary>
    /// Writes the OPT record of a lookup that has one, with a cookie of a given length if it has one too.
    /// </summary>
    private static void WriteEdns(ref Cursor writer, Lookup lookup, int cookieLength)
    {
        if (!lookup.HasEdns)
        {
            return;
        }

        WriteOpt(ref writer, lookup.HasCookie ? OptionHeaderLength + cookieLength : 0);
        if (lookup.HasCookie)
        {
            writer.UInt16(OptionCookie);
            writer.UInt16((ushort)cookieLength);
            // Any octets will do, as long as both messages of a lookup have the same.
            writer.UInt64(lookup.Client.Host.Low * 0x9E3779B97F4A7C15);
            for (var octets = CookieOfClient; octets < cookieLength; octets += sizeof(ulong))
            {
                writer.UInt64(lookup.Resolver.Host.Low * 0xC2B2AE3D27D4EB4F);
            }
        }
    }

    /// <summary>Writes an OPT record up to its options, which the caller adds (RFC 6891 §6.1.2).</summary>
    private static void WriteOpt(ref Cursor writer, int optionsLength)
    {
        writer.Octet(0);
        writer.UInt16(TypeOpt);
        writer.UInt16(1232);
        writer.UInt32(0);
        writer.UInt16((ushort)optionsLength);
    }

    private static void WriteRecordStart(ref Cursor writer, ushort owner, ushort type, uint timeToLive, int dataLength)
    {
        writer.UInt16(owner);
        writer.UInt16(type);
        writer.UInt16(ClassIn);
        writer.UInt32(timeToLive);
        writer.UInt16((ushort)dataLength);
    }

    private static int AddressCount(Xoshiro256 random) => random.Below(10) switch
    {
        < 4 => 1,
        < 6 => 2,
        < 8 => 3,
        _ => 4,
    };

    /// <summary>
    /// Writes a CNAME record; returns the pointer to its target, which owns the addresses that follow.
    /// </summary>
    private static ushort WriteAlias(ref Cursor writer, ReadOnlySpan<byte> target, uint timeToLive)
    {
        WriteRecordStart(ref writer, PointerToQuestion, TypeCname, timeToLive, target.Length);
        var pointer = (ushort)(0xC000 | writer.Position);
        writer.Octets(target);
        return pointer;
    }

    private static Host Address(Xoshiro256 random, ushort type) => Host.Outside(random, ipv6: type == LookupSource.TypeAaaa);

    private static void WriteAddress(ref Cursor writer, ushort owner, ushort type, Host address, uint timeToLive)
    {
        WriteRecordStart(ref writer, owner, type, timeToLive, address.AddressLength);
        address.WriteAddress(writer.Take(address.AddressLength));
    }

    private void WriteSoa(ref Cursor writer)
    {
        // The server "ns" and the mailbox "it" of the name asked for.
        ReadOnlySpan<byte> names = [2, 0x6E, 0x73, 0xC0, HeaderLength, 2, 0x69, 0x74, 0xC0, HeaderLength];
        WriteRecordStart(ref writer, PointerToQuestion, TypeSoa, TimeToLive(), names.Length + (5 * sizeof(uint)));
        writer.Octets(names);
        writer.UInt32(2025010100 + (uint)random.Below(100));
        writer.UInt32(7200);
        writer.UInt32(900);
        writer.UInt32(1209600);
        writer.UInt32(300);
    }

    private uint TimeToLive() => (uint)random.Between(5, 3600);

    /// <summary>A place in a message that moves forward as fields are written.</summary>
    private ref struct Cursor(Span<byte> message)
    {
        private readonly Span<byte> _message = message;

        public int Position { get; private set; }

        public void Octet(byte value) => _message[Position++] = value;

        public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), value);

        public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

        public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(sizeof(ulong)), value);

        public void Octets(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

        public void Zeros(int count) => Take(count).Clear();

        public Span<byte> Take(int count)
        {
            var taken = _message.Slice(Position, count);
            Position += count;
            return taken;
        }
    }
}
