// Draws what a soak has recorded (./run.sh soak): memory, processor time, lookups and their alerts, and the faults.
//     dotnet run docs/soak-picture.cs -- artifacts/soak/samples.tsv docs/images/soak.svg
#:package ScottPlot@5.1.59
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

const int Width = 1000, Height = 900, Window = 6; // samples in half a minute
var samples = File.ReadLines(args[0]).Skip(1).Select(line => line.Split('\t')).Select(fields => new Sample(
    Number(fields[0]) / 60, fields[1], int.Parse(fields[2], CultureInfo.InvariantCulture), Number(fields[3]) / 1024, Number(fields[4]) * 100, Number(fields[5]), Number(fields[6]))).ToList();
var end = samples[^1].Minute;

var picture = new Multiplot();
picture.AddPlots(4);
Plot[] plots = [.. picture.GetPlots()];

Title(plots[0], "resident memory, MiB (another colour is another process, after SIGKILL)");
foreach (var process in samples.GroupBy(sample => sample.Process))
{
    Line(plots[0], process, sample => sample.Mebibytes, "");
}

plots[0].Axes.SetLimitsY(0, samples.Max(sample => sample.Mebibytes) * 1.15);

Title(plots[1], "processor time, % of a core");
Line(plots[1], samples, sample => sample.Processor, "");
plots[1].Axes.SetLimitsY(0, samples.Max(sample => sample.Processor) * 1.15);

Title(plots[2], "planted lookups a minute, and those that raised an alert");
var rates = samples.Zip(samples.Skip(Window)).Select(pair => (
    pair.Second.Minute, Planted: (pair.Second.Planted - pair.First.Planted) / (pair.Second.Minute - pair.First.Minute), Alerted: (pair.Second.Alerted - pair.First.Alerted) / (pair.Second.Minute - pair.First.Minute))).ToList();
Add(plots[2], [.. rates.Select(rate => rate.Minute)], [.. rates.Select(rate => rate.Planted)], "planted");
Add(plots[2], [.. rates.Select(rate => rate.Minute)], [.. rates.Select(rate => rate.Alerted)], "alerted");
plots[2].Axes.SetLimitsY(0, Math.Max(1, rates.Max(rate => Math.Max(rate.Planted, rate.Alerted)) * 1.35));
plots[2].ShowLegend(Alignment.UpperRight, Orientation.Horizontal);

Title(plots[3], "faults");
string[] kinds = [.. samples.Select(sample => sample.Fault).Where(fault => fault is not ("" or "start")).Distinct().Reverse()];
for (var kind = 0; kind < kinds.Length; kind++)
{
    double[] times = [.. samples.Where(sample => sample.Fault == kinds[kind]).Select(sample => sample.Minute)];
    var marks = plots[3].Add.ScatterPoints(times, [.. times.Select(_ => (double)kind)]);
    marks.Color = kinds[kind] == "killed" ? Colors.Red : Colors.C0;
    marks.MarkerSize = 6;
}

plots[3].Axes.Left.SetTicks([.. Enumerable.Range(0, kinds.Length).Select(kind => (double)kind)], kinds);
plots[3].Axes.SetLimitsY(-0.7, kinds.Length - 0.3);
plots[3].XLabel("minutes");

foreach (var plot in plots)
{
    plot.Axes.SetLimitsX(0, end);
    plot.Axes.Bottom.TickGenerator = new NumericFixedInterval(end > 20 ? 5 : 1);
    plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 150;
    plot.Axes.Right.MinimumSize = plot.Axes.Right.MaximumSize = 20;
}

using var file = new SKFileWStream(args[1]);
using var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), file);
canvas.Clear(SKColors.White);
picture.Render(canvas, new PixelRect(0, Width, Height, 0));

static void Title(Plot plot, string text) => plot.Title(text, 14);

static void Line(Plot plot, IEnumerable<Sample> of, Func<Sample, double> value, string name) => Add(plot, [.. of.Select(sample => sample.Minute)], [.. of.Select(value)], name);

static void Add(Plot plot, double[] minutes, double[] values, string name)
{
    var line = plot.Add.ScatterLine(minutes, values);
    line.LineWidth = 1.5f;
    line.LegendText = name;
}

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

internal sealed record Sample(double Minute, string Fault, int Process, double Mebibytes, double Processor, double Planted, double Alerted);
