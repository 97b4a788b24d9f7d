using System.Text;
using Parquet;
using Parquet.Schema;

namespace WireDns.Parquet.Columns;

/// <summary>Values of a column with their levels (the Parquet format's word for which of them are null, and which belong to one list). Its memory is used again.</summary>
internal sealed class ColumnBuffer<T>
    where T : struct
{
    private T[] _values = new T[1024];
    private int[] _definitions = new int[1024];
    private int[] _repetitions = [];
    private int _valueCount;
    private int _levelCount;

    /// <summary>Adds a value of a column without lists.</summary>
    public void Add(T value)
    {
        AddLevel(1);
        AddValue(value);
    }

    /// <summary>Adds a null to a column without lists.</summary>
    public void AddNull() => AddLevel(0);

    /// <summary>Adds a value of a list; <paramref name="repetition"/> is 0 for its first one.</summary>
    public void Add(T value, int definition, int repetition)
    {
        AddLevels(definition, repetition);
        AddValue(value);
    }

    /// <summary>Adds the levels of a list without values.</summary>
    public void AddLevels(int definition, int repetition)
    {
        AddLevel(definition);
        if (_repetitions.Length < _definitions.Length)
        {
            Array.Resize(ref _repetitions, _definitions.Length);
        }

        _repetitions[_levelCount - 1] = repetition;
    }

    private void AddLevel(int definition)
    {
        if (_levelCount == _definitions.Length)
        {
            Array.Resize(ref _definitions, _levelCount * 2);
        }

        _definitions[_levelCount++] = definition;
    }

    private void AddValue(T value)
    {
        if (_valueCount == _values.Length)
        {
            Array.Resize(ref _values, _valueCount * 2);
        }

        _values[_valueCount++] = value;
    }

    public void Save(ParquetRowGroupWriter group, DataField field)
    {
        ReadOnlyMemory<int>? definitions = field.MaxDefinitionLevel > 0 ? _definitions.AsMemory(0, _levelCount) : null;
        ReadOnlyMemory<int>? repetitions = field.MaxRepetitionLevel > 0 ? _repetitions.AsMemory(0, _levelCount) : null;

        // All streams here are in memory: nothing is waited for.
        group.WriteAllPartsAsync<T>(field, _values.AsMemory(0, _valueCount), definitions, repetitions, CancellationToken.None).GetAwaiter().GetResult();
        _valueCount = _levelCount = 0;
    }
}

/// <summary>Where the values of a column are until they are saved: columns take turns. Its memory is used again.</summary>
internal sealed class ColumnRoom
{
    private readonly Dictionary<Type, object> _buffers = [];

    /// <summary>The texts of the column.</summary>
    public TextStore Texts { get; } = new();

    /// <summary>What collects the values of all columns, in their order.</summary>
    public ColumnValues[] CreateColumns() => [.. LookupColumns.All.Select(column => column.CreateValues(this))];

    /// <summary>The buffer for values of a type.</summary>
    public ColumnBuffer<T> BufferOf<T>()
        where T : struct
    {
        if (!_buffers.TryGetValue(typeof(T), out var buffer))
        {
            _buffers.Add(typeof(T), buffer = new ColumnBuffer<T>());
        }

        return (ColumnBuffer<T>)buffer;
    }
}

/// <summary>The texts of a column in a group of rows. Rows are sorted, so that most texts are that of the row before.</summary>
internal sealed class TextStore
{
    private const int PieceLength = 1 << 16;

    private readonly List<char[]> _pieces = [];
    private int _piece;
    private int _used;
    private byte[] _lastOctets = [];
    private int _lastLength = -1;
    private ReadOnlyMemory<char> _last;

    public ReadOnlyMemory<char> Keep(ReadOnlySpan<byte> octets)
    {
        if (octets.Length == _lastLength && octets.SequenceEqual(_lastOctets.AsSpan(0, _lastLength)))
        {
            return _last;
        }

        if (_pieces.Count == 0 || _used + octets.Length > _pieces[_piece].Length)
        {
            _piece = _pieces.Count == 0 ? 0 : _piece + 1;
            if (_piece == _pieces.Count || _pieces[_piece].Length < octets.Length)
            {
                _pieces.Insert(_piece, new char[Math.Max(PieceLength, octets.Length)]);
            }

            _used = 0;
        }

        var length = Encoding.UTF8.GetChars(octets, _pieces[_piece].AsSpan(_used));
        _last = _pieces[_piece].AsMemory(_used, length);
        _used += length;
        if (_lastOctets.Length < octets.Length)
        {
            _lastOctets = new byte[octets.Length * 2];
        }

        octets.CopyTo(_lastOctets);
        _lastLength = octets.Length;
        return _last;
    }

    public void Clear()
    {
        // A group with long texts keeps no memory for good.
        const int MostPieces = 64;
        if (_pieces.Count > MostPieces)
        {
            _pieces.RemoveRange(MostPieces, _pieces.Count - MostPieces);
        }

        (_piece, _used, _lastLength) = (0, 0, -1);
    }
}
