"""Tables, JSON and a chart of what was measured."""

import json
import math
import statistics

# Readable on white and on black.
OURS, THEIRS = "#3b82c4", "#9a9a9a"
INK = "#808080"


def summary(figures):
    """Median, and the distance of the quartiles in percent of it."""
    median = statistics.median(figures)
    if len(figures) < 4 or median == 0:
        return median, 0
    low, _, high = statistics.quantiles(figures, n=4)
    return median, 100 * (high - low) / median


def ratio(group, mine, other):
    """Above 1 where `mine` is better."""
    return mine / other if group.higher_is_better else other / mine


def table(group, baseline="tenon"):
    """Markdown: medians, spread, and how much better the baseline is."""
    engines = list(dict.fromkeys(name for row in group.rows.values() for name in row))
    lines = [f"### {group.title} ({group.unit})", "", "| | " + " | ".join(engines) + " |",
             "| --- " * (len(engines) + 1) + "|"]
    for case, row in group.rows.items():
        lines.append(f"| {case} | " + " | ".join(cell(group, row, name, baseline) for name in engines) + " |")
    if len(group.rows) > 3:
        lines.append("| geometric mean | " + " | ".join(mean_cell(group, name, baseline) for name in engines) + " |")
    return "\n".join(lines)


def cell(group, row, name, baseline):
    if not row.get(name):
        return ""
    median, spread = summary(row[name])
    text = f"{median:,.0f}" if median >= 1000 else f"{median:.3g}"
    text += f" ±{spread:.0f}%" if spread else ""
    if name == baseline or not row.get(baseline):
        return text
    return f"{text} ({ratio(group, summary(row[baseline])[0], median):.2f}x)"


def geometric_mean(group, name, baseline):
    both = [row for row in group.rows.values() if row.get(name) and row.get(baseline)]
    logs = [math.log(ratio(group, summary(row[baseline])[0], summary(row[name])[0])) for row in both]
    return math.exp(statistics.fmean(logs)) if logs else None


def mean_cell(group, name, baseline):
    mean = geometric_mean(group, name, baseline)
    return "" if mean is None or name == baseline else f"{mean:.2f}x"


def write_json(path, about, groups):
    data = about | {"groups": [vars(group) for group in groups]}
    path.write_text(json.dumps(data, indent=1) + "\n")


def draw(path, group, case):
    """One row as bars, in a file that reads on light and on dark."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    bars = sorted(((name, summary(figures)[0]) for name, figures in group.rows[case].items()), key=lambda bar: bar[1])
    pyplot.rcParams.update({"text.color": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
                            "axes.labelcolor": INK, "svg.fonttype": "none", "svg.hashsalt": "tenon"})
    figure, axes = pyplot.subplots(figsize=(7, 0.36 * len(bars) + 0.9))
    colours = [OURS if name.startswith("tenon") else THEIRS for name, _ in bars]
    drawn = axes.barh([name for name, _ in bars], [value for _, value in bars], color=colours)
    axes.bar_label(drawn, labels=[f" {value:,.0f}" for _, value in bars])
    axes.set_title(f"{group.title}, {case} ({group.unit})", fontsize=10)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.margins(x=0.15)
    figure.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})
