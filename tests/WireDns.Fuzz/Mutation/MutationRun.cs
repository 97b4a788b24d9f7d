using System.Diagnostics;

namespace WireDns.Fuzz.Mutation;

/// <summary>
/// Runs a target over its seeds and then over what a mutator makes of them. Inputs that did something new become seeds themselves. The same
/// seeds and number give the same run.
/// </summary>
internal sealed class MutationRun
{
    // Old inputs stay useful, but an unlimited corpus would only use memory.
    private const int MaximumCorpus = 20_000;

    private readonly FuzzTarget _target;
    private readonly FeatureMap _features = new();
    private readonly List<byte[]> _corpus = [];
    private readonly RandomSource _random;
    private readonly Mutator _mutator;
    private readonly byte[] _buffer;
    private readonly Dictionary<string, Finding> _findings = [];
    private byte[] _slowestInput = [];

    public MutationRun(FuzzTarget target, ulong seed)
    {
        _target = target;
        _random = new RandomSource(seed);
        _mutator = new Mutator(_random);
        _buffer = new byte[target.MaximumLength];
    }

    /// <summary>Inputs that were run.</summary>
    public long Executions { get; private set; }

    /// <summary>Inputs that each did something new.</summary>
    public int CorpusCount => _corpus.Count;

    /// <summary>Things that were seen to happen.</summary>
    public int FeatureCount => _features.Count;

    /// <summary>What broke, one of each kind.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    /// <summary>The longest that one input took. On a busy machine most of it is the machine's doing.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>The shortest time of a few more runs of the input that took longest: its own part of <see cref="Slowest"/>.</summary>
    public TimeSpan MeasureSlowestAgain()
    {
        var shortest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _target.Run(_slowestInput, _features);
            var elapsed = Stopwatch.GetElapsedTime(started);
            shortest = elapsed < shortest ? elapsed : shortest;
        }

        return shortest;
    }

    /// <summary>Runs the seeds. Those that do nothing new are forgotten, except for the first.</summary>
    public void AddSeeds(IEnumerable<byte[]> seeds)
    {
        foreach (var seed in seeds)
        {
            Execute(seed.AsSpan(0, Math.Min(seed.Length, _buffer.Length)), isKept: _corpus.Count == 0);
        }
    }

    /// <summary>Runs mutated inputs.</summary>
    public void Run(long executions)
    {
        if (_corpus.Count == 0)
        {
            _corpus.Add([]);
        }

        for (; executions > 0; executions--)
        {
            var length = _mutator.Mutate(Pick(), Pick(), _buffer);
            Execute(_buffer.AsSpan(0, length), isKept: false);
        }
    }

    // Half of the time a recently found input: it leads where no other has been.
    private byte[] Pick() => _random.Next(2) == 0
        ? _corpus[_random.Next(_corpus.Count)]
        : _corpus[_corpus.Count - 1 - _random.Next(Math.Min(_corpus.Count, 64))];

    private void Execute(ReadOnlySpan<byte> input, bool isKept)
    {
        Executions++;
        var before = _features.Count;
        var started = Stopwatch.GetTimestamp();
        try
        {
            _target.Run(input, _features);
        }
#pragma warning disable CA1031 // Whatever comes out is what is looked for.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            AddFinding(input.ToArray(), failure);
            return;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (elapsed > Slowest)
        {
            Slowest = elapsed;
            _slowestInput = input.ToArray();
        }

        if ((isKept || _features.Count > before) && _corpus.Count < MaximumCorpus)
        {
            _corpus.Add(input.ToArray());
        }
    }

    private void AddFinding(byte[] input, Exception failure)
    {
        var signature = Finding.Sign(failure);
        if (!_findings.ContainsKey(signature))
        {
            _findings.Add(signature, new Finding(Minimiser.Minimise(_target, input, signature), failure, Executions));
        }
    }
}
