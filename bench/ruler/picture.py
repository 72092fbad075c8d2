"""The overview: a few figures as bars, in a file that reads on light and on dark."""

from .report import geometric_mean, summary

OURS, THEIRS, INK = "#2f81c7", "#a0a0a0", "#808080"

# A bar of so many times ours is cut there, and says so.
LONGEST = 5


def median(group, case, name, factor=1.0):
    figures = group.rows.get(case, {}).get(name)
    return summary(figures)[0] * factor if figures else None


def names_in(group):
    return list(dict.fromkeys(name for row in group.rows.values() for name in row))


def panels(groups):
    """Title, unit, {engine: time}. Shorter is better in each."""
    by_title = {group.title: group for group in groups}
    if group := by_title.get("The original loop"):
        case = next(iter(group.rows))
        yield "The original loop, one item", "ns", {
            name: 1e9 / rate for name in names_in(group) if (rate := median(group, case, name))}
    if group := by_title.get("The boundary"):
        yield "An empty call", "ns", {name: median(group, "empty call", name) for name in names_in(group)}
    if group := by_title.get("Start"):
        guest = next(iter(group.rows)).split(":")[0]
        yield "Open a plugin, first instance", "us", {
            name: opened + first for name in names_in(group)
            if (opened := median(group, f"{guest}: open", name)) and (first := median(group, f"{guest}: first instance", name))}
    kernels = [group for group in groups if group.title.startswith("Kernels, guests without")]
    for group in kernels:
        yield f"{len(group.rows)} kernels from C, geometric mean", "times Tenon", {
            name: geometric_mean(group, name, "tenon") for name in names_in(group)}


def label(value, unit):
    number = f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if unit != "times Tenon" else f"{value:.2f}"
    return f"{number} {unit.replace('times Tenon', '×').replace('us', 'µs')}"


def draw_panel(axes, title, unit, figures, rows):
    """The shortest bar on top; room for so many rows, so that bars are equally thick everywhere."""
    bars = sorted((value, name) for name, value in figures.items() if value is not None)
    limit = LONGEST * figures["tenon"]
    shown = axes.barh(range(len(bars)), [min(value, limit) for value, _ in bars], height=0.72,
                      color=[OURS if name.startswith("tenon") else THEIRS for _, name in bars])
    axes.bar_label(shown, labels=[("… " if value > limit else "") + label(value, unit) for value, _ in bars], padding=5)
    axes.set_title(title, loc="left", fontweight="bold")
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks(range(len(bars)), [name for _, name in bars])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.3 * min(limit, bars[-1][0]))
    axes.set_ylim(rows - 0.5, -0.5)


def draw(path, groups):
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    drawn = [(title, unit, figures) for title, unit, figures in panels(groups) if figures.get("tenon")]
    if not drawn:
        return
    pyplot.rcParams.update({"text.color": INK, "axes.edgecolor": INK, "ytick.color": INK, "font.size": 12,
                            "axes.titlesize": 13, "svg.fonttype": "none", "svg.hashsalt": "tenon",
                            "font.family": "sans-serif"})
    rows = (len(drawn) + 1) // 2
    figure, grid = pyplot.subplots(rows, 2, figsize=(11, 3.6 * rows), squeeze=False, layout="constrained")
    for axes in grid.flat[len(drawn):]:
        axes.set_visible(False)
    for at, (axes, panel) in enumerate(zip(grid.flat, drawn)):
        beside = drawn[at // 2 * 2:at // 2 * 2 + 2]
        draw_panel(axes, *panel, max(len(figures) for _, _, figures in beside))
    figure.suptitle("Time of the thread on a processor; shorter is better", fontsize=12, x=0.01, ha="left")
    figure.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})
