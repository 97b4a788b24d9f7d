using WireDns.Parquet.Columns;
using WireDns.Parquet.Format;

namespace WireDns.Parquet.Writing;

/// <summary>What collects the columns of a group, and writes them. Files take turns. One thread at a time.</summary>
internal sealed class ColumnRoom : IDisposable
{
    private readonly ColumnValues[] _columns = [.. LookupColumns.All.Select(column => column.CreateValues())];
    private readonly RowOrder _order = new();
    private readonly GroupWriter _writer = new();
    private RowGroup? _spare;

    /// <summary>What a new file keeps its rows in; <see cref="GiveBack"/> takes it when the file is closed.</summary>
    public RowGroup TakeRows()
    {
        var rows = _spare ?? new RowGroup();
        _spare = null;
        return rows;
    }

    /// <summary>Keeps the memory of a file that is closed for the next one.</summary>
    public void GiveBack(RowGroup rows)
    {
        rows.Clear();
        _spare = rows;
    }

    /// <summary>Writes rows as a group, in their order.</summary>
    public void Save(RowGroup rows, FileWriter file)
    {
        foreach (ref readonly var key in _order.Of(rows))
        {
            var row = new RowReader(rows[key.Index]);
            foreach (var column in _columns)
            {
                column.Take(ref row);
            }
        }

        file.BeginGroup();
        foreach (var column in _columns)
        {
            column.Save(_writer, file);
        }

        file.EndGroup(rows.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
