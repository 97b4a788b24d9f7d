using System.Runtime.InteropServices;

namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses deflate (RFC 1951). A cut or damaged capture must be read up to that point, and the damage reported. The base library's
/// decoder reports a cut since .NET 9, with a switch for the whole process, but loses what it decoded in the call that meets the damage: up
/// to a buffer full of packets. Memory is fixed: a window and a chunk.
/// </summary>
internal sealed class Inflater
{
    // §2: a match reaches back 32 KiB at most.
    private const int WindowSize = 32 * 1024;
    private const int BlockHeaderBits = 3;
    private const int ChunkSize = 96 * 1024;

    private readonly BitInput _input;
    private readonly byte[] _output = new byte[WindowSize + ChunkSize];
    private readonly HuffmanTable _literalLengths = new(DeflateAlphabet.LiteralLengthSymbols, 10);
    private readonly HuffmanTable _distances = new(DeflateAlphabet.DistanceSymbols, 8);
    private readonly HuffmanTable _codeLengths = new(DeflateAlphabet.CodeLengthSymbols, 7);

    // Output from _read to _written is not delivered yet; what comes before is the window.
    private int _read;
    private int _written;
    private State _state;
    private bool _isLastBlock;
    private int _storedLeft;

    public Inflater(BitInput input) => _input = input;

    private enum State
    {
        BlockHeader,
        Stored,
        Compressed,
        Ended,
        Failed,
    }

    /// <summary>What is wrong with the stream; null while nothing is known to be.</summary>
    public string? Error { get; private set; }

    /// <summary>Begins another stream of the same input.</summary>
    public void Reset()
    {
        _read = 0;
        _written = 0;
        _state = State.BlockHeader;
        _isLastBlock = false;
    }

    /// <summary>
    /// The next decompressed bytes; 0 at the end of the stream, or where it is damaged: <see cref="Error"/> then says how, and everything
    /// before the damage was delivered.
    /// </summary>
    public int Read(Span<byte> destination)
    {
        if (_read == _written)
        {
            Decode();
        }

        var length = Math.Min(destination.Length, _written - _read);
        _output.AsSpan(_read, length).CopyTo(destination);
        _read += length;
        return length;
    }

    private void Decode()
    {
        if (_written > WindowSize)
        {
            // Everything is delivered: only the window is still needed.
            _output.AsSpan(_written - WindowSize, WindowSize).CopyTo(_output);
            _written = WindowSize;
            _read = WindowSize;
        }

        while (_written <= _output.Length - DeflateAlphabet.MaximumMatch && _state < State.Ended && !ShouldDeliverFirst())
        {
            var sound = _state switch
            {
                State.BlockHeader => TryReadBlockHeader(),
                State.Stored => TryCopyStored(),
                _ => TryDecodeBlock(),
            };
            if (!sound || _input.IsExhausted)
            {
                Error ??= "the data ends early";
                _state = State.Failed;
            }
        }
    }

    // A writer that flushes ends a block. Waiting for the next one would delay what is here for a reader that follows the file.
    private bool ShouldDeliverFirst() => _written > _read && _input.Buffered.IsEmpty && _state switch
    {
        State.BlockHeader => !_isLastBlock && _input.Count < BlockHeaderBits,
        State.Stored => _input.Count < 8,
        _ => false,
    };

    // §3.2.3
    private bool TryReadBlockHeader()
    {
        if (_isLastBlock)
        {
            _input.AlignToByte();
            _state = State.Ended;
            return true;
        }

        _isLastBlock = _input.Take(1) == 1;
        switch (_input.Take(2))
        {
            case 0:
                return TryReadStoredHeader();
            case 1:
                BuildFixedCodes();
                _state = State.Compressed;
                return true;
            case 2:
                _state = State.Compressed;
                return TryReadCodes();
            default:
                return Fail("a block of a reserved type");
        }
    }

    // §3.2.4
    private bool TryReadStoredHeader()
    {
        _input.AlignToByte();
        var length = _input.Take(16);
        if (length != (_input.Take(16) ^ 0xffff))
        {
            return Fail("a stored block whose length disagrees with its complement");
        }

        _storedLeft = (int)length;
        _state = State.Stored;
        return true;
    }

    private bool TryCopyStored()
    {
        while (_storedLeft > 0 && _written < _output.Length && !ShouldDeliverFirst())
        {
            var copied = _input.TakeBytes(_output.AsSpan(_written, Math.Min(_storedLeft, _output.Length - _written)));
            if (copied == 0)
            {
                return false;
            }

            _written += copied;
            _storedLeft -= copied;
        }

        _state = _storedLeft == 0 ? State.BlockHeader : State.Stored;
        return true;
    }

    private bool TryDecodeBlock()
    {
        while (_state == State.Compressed && _written <= _output.Length - DeflateAlphabet.MaximumMatch)
        {
            // Bit by bit near the end of the buffer, eight bytes at a time elsewhere.
            if (_input.Buffered.Length >= sizeof(ulong) ? !TryDecodeQuickly() : !TryDecodeSymbol())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryDecodeQuickly()
    {
        var output = _output.AsSpan();
        var literalLengths = _literalLengths.Entries;
        var distances = _distances.Entries;
        var literalMask = _literalLengths.FirstLevelMask;
        var distanceMask = _distances.FirstLevelMask;
        var bits = _input.Bits;
        var count = _input.Count;
        var input = _input.Buffered;
        var written = _written;
        var limit = output.Length - DeflateAlphabet.MaximumMatch;
        string? error = null;
        while (written <= limit && input.Length >= sizeof(ulong))
        {
            // Makes at least 56 bits ready, and moves on by the whole bytes among them. A length of 15 + 5 bits and a distance of 15 + 13 need 48.
            bits |= MemoryMarshal.Read<ulong>(input) << count;
            input = input[((63 - count) >> 3)..];
            count |= 56;
            var entry = literalLengths[(int)(bits & literalMask)];
            if ((entry & HuffmanTable.SecondLevel) != 0)
            {
                entry = SecondLevel(literalLengths, entry, ref bits, ref count);
            }

            Drop((byte)entry, ref bits, ref count);
            if ((entry & HuffmanTable.Literal) != 0)
            {
                output[written++] = (byte)(entry >> 16);
                continue;
            }

            if ((entry & HuffmanTable.EndOfBlock) != 0)
            {
                _state = State.BlockHeader;
                break;
            }

            var length = TakeValue(entry, ref bits, ref count);
            entry = distances[(int)(bits & distanceMask)];
            if ((entry & HuffmanTable.SecondLevel) != 0)
            {
                entry = SecondLevel(distances, entry, ref bits, ref count);
            }

            Drop((byte)entry, ref bits, ref count);
            var distance = TakeValue(entry, ref bits, ref count);
            error = MatchError(length, distance, written);
            if (error is not null)
            {
                break;
            }

            CopyMatch(output, written, distance, length);
            written += length;
        }

        _written = written;
        _input.Resume(bits, count, input.Length);
        return error is null || Fail(error);
    }

    private bool TryDecodeSymbol()
    {
        if (!TryTakeEntry(_literalLengths, out var entry))
        {
            return false;
        }

        if ((entry & HuffmanTable.Literal) != 0)
        {
            _output[_written++] = (byte)(entry >> 16);
            return true;
        }

        if ((entry & HuffmanTable.EndOfBlock) != 0)
        {
            _state = State.BlockHeader;
            return true;
        }

        var length = (int)(entry >> 16) + (int)_input.Take(ExtraBits(entry));
        if (!TryTakeEntry(_distances, out entry))
        {
            return false;
        }

        var distance = (int)(entry >> 16) + (int)_input.Take(ExtraBits(entry));
        if (_input.IsExhausted)
        {
            return false;
        }

        if (MatchError(length, distance, _written) is { } error)
        {
            return Fail(error);
        }

        CopyMatch(_output, _written, distance, length);
        _written += length;
        return true;
    }

    // Reads no more bits than the code has.
    private bool TryTakeEntry(HuffmanTable table, out uint entry)
    {
        while (true)
        {
            var bits = _input.Bits;
            entry = table.Entries[(int)(bits & table.FirstLevelMask)];
            var length = (int)(byte)entry;
            if ((entry & HuffmanTable.SecondLevel) != 0)
            {
                entry = table.Entries[(int)(entry >> 16) + (int)((bits >> length) & ((1u << ExtraBits(entry)) - 1))];
                length += (byte)entry;
            }

            // No code at all: certain once as many bits are there as a code may have.
            if (entry == 0 && _input.Count >= HuffmanTable.MaximumCodeLength)
            {
                return true;
            }

            if (entry != 0 && length <= _input.Count)
            {
                _input.Drop(length);
                return true;
            }

            if (!_input.TryAddByte())
            {
                return false;
            }
        }
    }

    // An entry without a code, or of a symbol that is not used, has no base.
    private static string? MatchError(int length, int distance, int written) => length < DeflateAlphabet.MinimumMatch || distance == 0
        ? "a code that stands for nothing"
        : distance > written ? "a match that begins before the data" : null;

    private static uint SecondLevel(ReadOnlySpan<uint> entries, uint entry, ref ulong bits, ref int count)
    {
        Drop((byte)entry, ref bits, ref count);
        return entries[(int)(entry >> 16) + (int)(bits & ((1u << ExtraBits(entry)) - 1))];
    }

    private static int TakeValue(uint entry, ref ulong bits, ref int count)
    {
        var extra = ExtraBits(entry);
        var value = (int)(entry >> 16) + (int)(bits & ((1u << extra) - 1));
        Drop(extra, ref bits, ref count);
        return value;
    }

    private static int ExtraBits(uint entry) => (int)((entry >> 8) & 0x1f);

    private static void Drop(int dropped, ref ulong bits, ref int count)
    {
        bits >>= dropped;
        count -= dropped;
    }

    // §3.2.3: a match may overlap its own output, which it then repeats.
    private static void CopyMatch(Span<byte> output, int written, int distance, int length)
    {
        var target = output.Slice(written, length);
        var source = output.Slice(written - distance, length);
        if (distance >= length)
        {
            source.CopyTo(target);
        }
        else if (distance == 1)
        {
            target.Fill(source[0]);
        }
        else
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = source[i];
            }
        }
    }

    // §3.2.7
    private bool TryReadCodes()
    {
        ReadOnlySpan<byte> order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        var literalLengths = (int)_input.Take(5) + 257;
        var distances = (int)_input.Take(5) + 1;
        var codeLengths = (int)_input.Take(4) + 4;
        if (literalLengths > 286 || distances > 30)
        {
            return Fail("a block with more codes than there are");
        }

        Span<byte> lengths = stackalloc byte[DeflateAlphabet.LiteralLengthSymbols + DeflateAlphabet.DistanceSymbols];
        lengths.Clear();
        for (var i = 0; i < codeLengths; i++)
        {
            lengths[order[i]] = (byte)_input.Take(3);
        }

        if (!_codeLengths.TryBuild(lengths[..DeflateAlphabet.CodeLengthSymbols], DeflateAlphabet.CodeLengthValues, mayBeIncomplete: false))
        {
            return Fail("code lengths whose own code is none");
        }

        lengths.Clear();
        for (var symbol = 0; symbol < literalLengths + distances;)
        {
            if (!TryTakeEntry(_codeLengths, out var entry))
            {
                return false;
            }

            var value = entry >> 16;
            if (value < 16)
            {
                lengths[symbol++] = (byte)value;
                continue;
            }

            if (value == 16 && symbol == 0)
            {
                return Fail("a code length that repeats the one before the first");
            }

            var repeats = value switch
            {
                16 => 3 + _input.Take(2),
                17 => 3 + _input.Take(3),
                _ => 11 + _input.Take(7),
            };
            if (repeats > literalLengths + distances - symbol)
            {
                return Fail("more code lengths than there are codes");
            }

            lengths.Slice(symbol, (int)repeats).Fill(value == 16 ? lengths[symbol - 1] : (byte)0);
            symbol += (int)repeats;
        }

        const int EndOfBlockSymbol = 256;
        if (lengths[EndOfBlockSymbol] == 0)
        {
            return Fail("a block that cannot end");
        }

        return (_literalLengths.TryBuild(lengths[..literalLengths], DeflateAlphabet.LiteralLengthValues, mayBeIncomplete: true)
                && _distances.TryBuild(lengths.Slice(literalLengths, distances), DeflateAlphabet.DistanceValues, mayBeIncomplete: true))
            || Fail("code lengths that make no code");
    }

    // §3.2.6
    private void BuildFixedCodes()
    {
        Span<byte> lengths = stackalloc byte[DeflateAlphabet.LiteralLengthSymbols];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        _ = _literalLengths.TryBuild(lengths, DeflateAlphabet.LiteralLengthValues, mayBeIncomplete: false);
        lengths[..DeflateAlphabet.DistanceSymbols].Fill(5);
        _ = _distances.TryBuild(lengths[..DeflateAlphabet.DistanceSymbols], DeflateAlphabet.DistanceValues, mayBeIncomplete: false);
    }

    private bool Fail(string error)
    {
        // Bits past the end are zero: then the early end is the error.
        Error ??= _input.IsExhausted ? null : error;
        return false;
    }
}
