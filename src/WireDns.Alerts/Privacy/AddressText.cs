using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WireDns.Alerts.Privacy;

/// <summary>
/// Finds the addresses of clients in a text, and puts what stands for them in their place. It knows dotted decimal, the text forms of IPv6, and the names of reverse
/// lookups: four numbers in either order between dots, hyphens or underscores (<c>7.0.0.10.in-addr.arpa</c>, <c>ip-10-0-0-7.example</c>), and 32 hexadecimal digits
/// between dots. Other forms (one number, hexadecimal without dots) are not recognised. Time is in proportion to the text's length.
/// </summary>
internal ref struct AddressText
{
    private const int Nibbles = 32;
    private const int Numbers = 4;
    private const string ReverseIpv4 = "in-addr.arpa";
    private const string ReverseIpv6 = "ip6.arpa";

    private readonly string _text;
    private readonly ClientAddresses _addresses;
    private readonly ReadOnlySpan<byte> _client;
    private readonly bool _hidesAll;
    private readonly StringBuilder _output = new();
    private readonly List<(int Start, int Length)> _items = [];
    private int _position;
    private int _copied;

    private AddressText(string text, ClientAddresses addresses, ReadOnlySpan<byte> client, bool hidesAll)
    {
        (_text, _addresses, _hidesAll) = (text, addresses, hidesAll);
        _client = client;
    }

    /// <summary>The text without addresses of clients; the same object if there are none.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addresses">What is written in their place.</param>
    /// <param name="client">The client of the lookup at hand, 4 or 16 octets; empty if it is not known.</param>
    /// <param name="hidesAll">Whether every address counts as a client's.</param>
    public static string Hide(string text, ClientAddresses addresses, ReadOnlySpan<byte> client, bool hidesAll = false) =>
        new AddressText(text, addresses, client, hidesAll).Run();

    private string Run()
    {
        for (; _position < _text.Length; _position++)
        {
            if (!char.IsAsciiHexDigit(_text[_position]) && _text[_position] != ':')
            {
                continue;
            }

            // Each of them moves on over what it has taken.
            _ = TryNibbles() || TryIpv6() || TryNumbers();
        }

        return _copied == 0 ? _text : _output.Append(_text.AsSpan(_copied)).ToString();
    }

    /// <summary>Single hexadecimal digits between dots: an IPv6 address backwards (RFC 3596 §2.5).</summary>
    private bool TryNibbles()
    {
        if (!char.IsAsciiHexDigit(_text[_position]) || IsAlphanumeric(_position - 1))
        {
            return false;
        }

        var end = ReadItems(".", 1, char.IsAsciiHexDigit);
        var isNetwork = _items.Count < Nibbles && IsFollowedBy(end, ReverseIpv6);
        if (_items.Count < Nibbles && !isNetwork)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[16];
        Span<char> digits = stackalloc char[Nibbles];
        for (var first = 0; first + (isNetwork ? _items.Count : Nibbles) <= _items.Count; first++)
        {
            var count = isNetwork ? _items.Count : Nibbles;
            digits.Fill('0');
            for (var i = 0; i < count; i++)
            {
                digits[i] = _text[_items[first + count - 1 - i].Start];
            }

            Convert.FromHexString(digits, address, out _, out _);
            if (!IsClient(address))
            {
                continue;
            }

            _addresses.Hide(address);
            var hidden = Convert.ToHexStringLower(address);
            for (var i = 0; i < count; i++)
            {
                Put(_items[first + i], hidden.AsSpan(count - 1 - i, 1));
            }

            first += count - 1;
        }

        _position = end - 1;
        return true;
    }

    /// <summary>The text of an IPv6 address.</summary>
    private bool TryIpv6()
    {
        if (_position > 0 && (IsOfIpv6(_text[_position - 1]) || IsAlphanumeric(_position - 1)))
        {
            return false;
        }

        var end = _position;
        var colons = 0;
        while (end < _text.Length && IsOfIpv6(_text[end]))
        {
            colons += _text[end++] == ':' ? 1 : 0;
        }

        while (end > _position && (_text[end - 1] == '.' || (_text[end - 1] == ':' && (end < _position + 2 || _text[end - 2] != ':'))))
        {
            end--;
        }

        if (colons < 2 || !IPAddress.TryParse(_text.AsSpan(_position, end - _position), out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[16];
        parsed.TryWriteBytes(address, out _);
        if (IsClient(address))
        {
            _addresses.Hide(address);
            Put((_position, end - _position), new IPAddress(address).ToString());
        }

        _position = end - 1;
        return true;
    }

    /// <summary>Numbers up to 255 between dots, hyphens or underscores: an IPv4 address in either direction.</summary>
    private bool TryNumbers()
    {
        if (!char.IsAsciiDigit(_text[_position]) || (_position > 0 && char.IsAsciiDigit(_text[_position - 1])))
        {
            return false;
        }

        var end = _position;
        foreach (var separator in (ReadOnlySpan<string>)[".", "\\.", "\\x2e", "-", "_"])
        {
            end = ReadItems(separator, 3, char.IsAsciiDigit);
            if (_items.Count > 1)
            {
                break;
            }
        }

        var isReverse = IsFollowedBy(end, ReverseIpv4);
        if (_items.Count < Numbers && !isReverse)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[Numbers];
        Span<byte> turned = stackalloc byte[Numbers];
        for (var first = 0; first < _items.Count; first++)
        {
            var count = Math.Min(_items.Count - first, Numbers);
            if (count < Numbers && (!isReverse || _items.Count >= Numbers))
            {
                break;
            }

            address.Clear();
            turned.Clear();
            var isSound = true;
            for (var i = 0; i < count; i++)
            {
                var (start, length) = _items[first + i];
                isSound &= byte.TryParse(_text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out address[i]);
                turned[count - 1 - i] = address[i];
            }

            if (!isSound)
            {
                continue;
            }

            var isForward = !isReverse && IsClient(address);
            if (!isForward && !IsClient(turned))
            {
                continue;
            }

            var hidden = isForward ? address : turned;
            _addresses.Hide(hidden);
            for (var i = 0; i < count; i++)
            {
                Put(_items[first + i], hidden[isForward ? i : count - 1 - i].ToString(CultureInfo.InvariantCulture));
            }

            first += count - 1;
        }

        _position = end - 1;
        return true;
    }

    /// <summary>Reads items with the same separator between them, from the position on; returns their end.</summary>
    private readonly int ReadItems(string separator, int longest, Func<char, bool> isOf)
    {
        _items.Clear();
        var at = _position;
        while (true)
        {
            var start = at;
            while (at < _text.Length && at - start < longest && isOf(_text[at]))
            {
                at++;
            }

            // An item that goes on in other letters is none.
            if (at == start || (at < _text.Length && (longest == 1 ? char.IsAsciiLetterOrDigit(_text[at]) : char.IsAsciiDigit(_text[at]))))
            {
                return _items.Count == 0 ? _position : _items[^1].Start + _items[^1].Length;
            }

            _items.Add((start, at - start));
            if (string.CompareOrdinal(_text, at, separator, 0, separator.Length) != 0)
            {
                return at;
            }

            at += separator.Length;
        }
    }

    private readonly bool IsClient(ReadOnlySpan<byte> address) => _hidesAll || _addresses.IsClient(address, _client);

    private readonly bool IsFollowedBy(int end, string zone) =>
        end < _text.Length && _text[end] == '.' && string.Compare(_text, end + 1, zone, 0, zone.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private readonly bool IsAlphanumeric(int index) => index >= 0 && char.IsAsciiLetterOrDigit(_text[index]);

    private static bool IsOfIpv6(char character) => char.IsAsciiHexDigit(character) || character is ':' or '.';

    private void Put((int Start, int Length) item, ReadOnlySpan<char> hidden)
    {
        _output.Append(_text.AsSpan(_copied, item.Start - _copied)).Append(hidden);
        _copied = item.Start + item.Length;
    }
}
