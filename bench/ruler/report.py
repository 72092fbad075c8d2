"""Tables and JSON of what was measured."""

import json
import math
import statistics
import textwrap


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
    if group.compared and len(group.rows) > 3 and len(engines) > 1:
        lines.append("| geometric mean | " + " | ".join(mean_cell(group, name, baseline) for name in engines) + " |")
    if group.note:
        lines += ["", *textwrap.wrap(group.note, 118)]
    return "\n".join(lines)


def cell(group, row, name, baseline):
    if not row.get(name):
        return ""
    median, spread = summary(row[name])
    text = f"{median:,.0f}" if median >= 1000 else f"{median:.3g}"
    text += f" ±{spread:.0f}%" if spread else ""
    ours = summary(row[baseline])[0] if row.get(baseline) else 0
    if not group.compared or name == baseline or ours <= 0 or median <= 0:
        return text
    return f"{text} ({ratio(group, ours, median):.2f}x)"


def geometric_mean(group, name, baseline):
    both = [(summary(row[baseline])[0], summary(row[name])[0]) for row in group.rows.values()
            if row.get(name) and row.get(baseline)]
    logs = [math.log(ratio(group, ours, theirs)) for ours, theirs in both if ours > 0 and theirs > 0]
    return math.exp(statistics.fmean(logs)) if logs else None


def mean_cell(group, name, baseline):
    mean = geometric_mean(group, name, baseline)
    return "" if mean is None or name == baseline else f"{mean:.2f}x"


def write_json(path, about, groups):
    data = about | {"groups": [vars(group) for group in groups]}
    path.write_text(json.dumps(data, indent=1) + "\n")


def write_markdown(path, about, groups):
    """One run as docs/performance.md shows it."""
    machine = about["machine"]
    head = (f"{about['date'][:10]}, `{about['command']}`; {machine['cpu']}, {machine['cores']} cores, "
            f"{machine['system']}, a load of {machine['load'].split()[0]} from other programs before it; "
            f"{'; '.join(dict.fromkeys(about['versions'].values()))}.")
    parts = ["## One run", "\n".join(textwrap.wrap(head, 118)), *map(table, groups)]
    if about["skipped"]:
        parts += ["Left out:", "\n".join(f"- {what}: {reason}" for what, reason in about["skipped"].items())]
    path.write_text("\n\n".join(parts) + "\n")
