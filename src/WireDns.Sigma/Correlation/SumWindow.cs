namespace WireDns.Sigma.Correlation;

/// <summary>The sum or the mean of numbers, without an error that grows with time.</summary>
internal sealed class SumWindow(int capacity, bool isMean) : NumberWindow(capacity)
{
    // This many such numbers add up to less than 2^53, so their sums can go up and down without ever being rounded.
    private readonly double _largestExact = 9007199254740992 / (double)Math.Max(capacity, 1);
    private double _exactSum;
    private int _inexact;

    public override double Value => isMean ? Sum() / Numbers.Count : Sum();

    public override void Clear()
    {
        base.Clear();
        _exactSum = 0;
        _inexact = 0;
    }

    protected override void Put(double number)
    {
        if (IsExact(number))
        {
            _exactSum += number;
        }
        else
        {
            _inexact++;
        }
    }

    protected override void Take(double number)
    {
        if (IsExact(number))
        {
            _exactSum -= number;
        }
        else
        {
            _inexact--;
        }
    }

    private bool IsExact(double number) => Math.Floor(number) == number && Math.Abs(number) <= _largestExact;

    // If there are fractions among them, the numbers are added up anew, oldest first: what was added to a rounded sum cannot be subtracted from it.
    private double Sum()
    {
        if (_inexact == 0)
        {
            return _exactSum;
        }

        var sum = 0.0;
        for (var i = 0; i < Numbers.Count; i++)
        {
            sum += Numbers[i].Number;
        }

        return sum;
    }
}
