using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>An instruction of the classic packet filter machine (bpf(4)), laid out as <c>struct bpf_insn</c>.</summary>
/// <param name="Code">What to do.</param>
/// <param name="JumpTrue">Instructions to skip if a comparison holds.</param>
/// <param name="JumpFalse">Instructions to skip if it does not.</param>
/// <param name="Value">The operand.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);

/// <summary>
/// Writes a program for the packet filter machine: an accumulator A, an index X, and loads that reject a packet that is too short for them.
/// Jumps go forward only, so every program ends.
/// </summary>
internal sealed class FilterProgram
{
    // bpf(4): the operations that are used. "At" loads relative to the packet's start, "AtIndex" relative to X.
    private const ushort LoadWordAt = 0x20;
    private const ushort LoadHalfAt = 0x28;
    private const ushort LoadByteAt = 0x30;
    private const ushort LoadHalfAtIndex = 0x48;
    private const ushort LoadByteAtIndex = 0x50;
    private const ushort LoadMemory = 0x60;
    private const ushort StoreMemory = 0x02;
    private const ushort LoadIndexImmediate = 0x01;
    private const ushort CopyToIndex = 0x07;
    private const ushort CopyFromIndex = 0x87;
    private const ushort Add = 0x04;
    private const ushort AddIndex = 0x0c;
    private const ushort Multiply = 0x24;
    private const ushort And = 0x54;
    private const ushort ShiftLeft = 0x64;
    private const ushort ShiftRight = 0x74;
    private const ushort Jump = 0x05;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;
    private const ushort ReturnAccumulator = 0x16;

    // A conditional jump skips 255 instructions at most.
    private const int MaximumComparisons = 200;

    private readonly List<FilterInstruction> _code = [];

    /// <summary>The instructions so far.</summary>
    public IReadOnlyList<FilterInstruction> Code => _code;

    /// <summary>Sets X to 0.</summary>
    public void ClearIndex() => Emit(LoadIndexImmediate, 0);

    /// <summary>Loads the 16 bits at an offset from the packet's start into A.</summary>
    public void LoadHalf(int offset) => Emit(LoadHalfAt, offset);

    /// <summary>Loads the byte at an offset from the packet's start into A.</summary>
    public void LoadByte(int offset) => Emit(LoadByteAt, offset);

    /// <summary>Loads the 16 bits at X and an offset into A.</summary>
    public void LoadHalfFromIndex(int offset) => Emit(LoadHalfAtIndex, offset);

    /// <summary>Loads the byte at X and an offset into A.</summary>
    public void LoadByteFromIndex(int offset) => Emit(LoadByteAtIndex, offset);

    /// <summary>Loads the sum of 32-bit words at offsets from the packet's start into A. X is lost.</summary>
    public void LoadSumOfWords(params IReadOnlyList<int> offsets)
    {
        Emit(LoadWordAt, offsets[0]);
        for (var next = 1; next < offsets.Count; next++)
        {
            Emit(CopyToIndex, 0);
            Emit(LoadWordAt, offsets[next]);
            Emit(AddIndex, 0);
        }
    }

    /// <summary>Keeps the bits of A that are in a mask.</summary>
    public void Mask(int bits) => Emit(And, bits);

    /// <summary>Shifts A to the right.</summary>
    public void ShiftDown(int bits) => Emit(ShiftRight, bits);

    /// <summary>Multiplies A by a power of two and adds the product to X.</summary>
    public void AddToIndex(int bits)
    {
        Emit(ShiftLeft, bits);
        Emit(AddIndex, 0);
        Emit(CopyToIndex, 0);
    }

    /// <summary>Adds a number to X; A keeps its value.</summary>
    public void AdvanceIndex(int count)
    {
        Emit(StoreMemory, 0);
        Emit(CopyFromIndex, 0);
        Emit(Add, count);
        Emit(CopyToIndex, 0);
        Emit(LoadMemory, 0);
    }

    /// <summary>Ends with a number that depends on all bits of A.</summary>
    public void ReturnHash()
    {
        const int GoldenRatio = unchecked((int)0x9E37_79B1); // Knuth, The Art of Computer Programming 3, 6.4: spreads numbers that follow each other
        Emit(Multiply, GoldenRatio);
        ShiftDown(16);
        Emit(ReturnAccumulator, 0);
    }

    /// <summary>Accepts the packet. The kernel cuts it at the snap length of the capture.</summary>
    public void Accept() => Emit(Return, 0x40000);

    /// <summary>Rejects the packet.</summary>
    public void Reject() => Emit(Return, 0);

    /// <summary>Accepts the packet if A has one of the bits.</summary>
    public void AcceptIfAnyBit(int bits)
    {
        _code.Add(new FilterInstruction(JumpIfAnyBit, 0, 1, (uint)bits));
        Accept();
    }

    /// <summary>Accepts the packet if A is less than a number.</summary>
    public void AcceptIfLess(int limit)
    {
        _code.Add(new FilterInstruction(JumpIfAtLeast, 1, 0, (uint)limit));
        Accept();
    }

    /// <summary>Accepts the packet if A is one of the values.</summary>
    public void AcceptIfAny(IEnumerable<int> values) => IfAny(values, Accept);

    /// <summary>Runs a body that ends the program if A is one of the values, of which there may be any number.</summary>
    public void IfAny(IEnumerable<int> values, Action body)
    {
        foreach (var chunk in values.Chunk(MaximumComparisons))
        {
            If(chunk, body);
        }
    }

    /// <summary>
    /// Runs a body if A is one of the values, at most 200. Otherwise, and if the body neither accepts nor rejects, continues after it.
    /// </summary>
    public void If(IReadOnlyList<int> values, Action body)
    {
        for (var i = 0; i < values.Count; i++)
        {
            _code.Add(new FilterInstruction(JumpIfEqual, (byte)(values.Count - i), 0, (uint)values[i]));
        }

        var over = _code.Count;
        Emit(Jump, 0);
        body();
        _code[over] = new FilterInstruction(Jump, 0, 0, (uint)(_code.Count - over - 1));
    }

    private void Emit(ushort code, int value) => _code.Add(new FilterInstruction(code, 0, 0, (uint)value));
}
