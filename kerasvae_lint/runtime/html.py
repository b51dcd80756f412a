"""``--html``: one self-contained page with the pictures; nothing is loaded from anywhere."""

from __future__ import annotations

from html import escape

from kerasvae_lint.runtime import charts, text
from kerasvae_lint.runtime.results import ModelResult, ProbeResult, Report, RunResult, TargetResult, VariableResult

MOST_BARS = 40
STYLE = """
:root{--ink:#1d2733;--soft:#5b6875;--ground:#fff;--card:#f5f7f9;--rim:#d8dee4;--ok:#1a7f5a;--bad:#c2362b;--pale:#b9c2cb;
--set:#2667b5}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b4;--ground:#12171d;--card:#1b222a;--rim:#323c47;
--ok:#45c08f;--bad:#f0776c;--pale:#4c5864;--set:#6fa8ee}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1320px;padding:20px 16px 48px;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 6px;overflow-wrap:anywhere}
h3{font-size:15px;margin:0 0 8px}
p{margin:4px 0}.soft{color:var(--soft)}.verdict{font-weight:600}
.runs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:16px}
.run{background:var(--card);border:1px solid var(--rim);border-radius:8px;padding:14px;min-width:0}
table{width:100%;border-collapse:collapse;margin:6px 0 10px}
td{padding:4px 8px 4px 0;border-top:1px solid var(--rim);vertical-align:top;overflow-wrap:anywhere}
td:first-child{width:58px}td:nth-child(2){width:92px;font-weight:600;overflow-wrap:normal}
.pass{color:var(--ok)}.fail{color:var(--bad);font-weight:700}.skip{color:var(--soft)}
code{font-family:ui-monospace,monospace;font-size:13px}
figure{margin:14px 0 0}figcaption{font-weight:600;font-size:13px}
svg{width:100%;max-width:600px;height:auto;display:block}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
svg .end{text-anchor:end}svg .axis{stroke:var(--rim)}svg .ok{fill:var(--ok)}svg .bad{fill:var(--bad);font-weight:700}
svg .pale{fill:var(--pale)}svg .set{fill:var(--set)}svg .line{fill:none;stroke-width:2}
svg .line.set{stroke:var(--set)}svg .line.wide{stroke-width:6;opacity:.45}
svg .line.bad{stroke:var(--bad)}svg .line.ok{stroke:var(--ok)}
"""


def page(report: Report) -> str:
    """The whole page."""
    body = "".join(_target(target) for target in report.targets)
    failed = sum(bool(target.runs and target.runs[-1].failed) for target in report.targets)
    count = len(report.targets)
    head = f"{count} target{'' if count == 1 else 's'}, {failed} with a failed probe."
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>kvlint verify</title><style>{STYLE}</style></head><body><h1>kvlint verify</h1>"
        f"<p>{head}</p><p class=soft>{escape(text.environment(report.environment))}</p>{body}</body></html>\n"
    )


def _target(target: TargetResult) -> str:
    parts = [f"<section><h2><code>{escape(target.target)}</code></h2>"]
    if target.status != "ok":
        parts.append(f"<p class=fail>{escape(target.status)}: {escape(target.reason)}</p>")
    line = text.verdict(target)
    if line:
        parts.append(f"<p class=verdict>{escape(line)}</p>")
    notes = dict.fromkeys(note for run in target.runs for note in run.notes)
    if notes:
        parts.append(f"<ul class=soft>{''.join(f'<li>{escape(note)}</li>' for note in notes)}</ul>")
    cards = [_card(target, run, model) for run in target.runs for model in run.models]
    return "".join([*parts, f"<div class=runs>{''.join(cards)}</div></section>"])


def _card(target: TargetResult, run: RunResult, model: ModelResult) -> str:
    title = escape(model.name)
    if len(target.runs) > 1:
        when = "as it is" if run.source == "original" else f"with the fixes of {', '.join(target.fixes)}"
        title += f" <span class=soft>{escape(when)}</span>"
    rows = "".join(_probe_row(probe) for probe in model.probes)
    return f"<div class=run><h3>{title}</h3><table>{rows}</table>{_pictures(model)}</div>"


def _probe_row(probe: ProbeResult) -> str:
    met = probe.figures.get("causes")
    why = f"<p class=soft>{escape(text.cause(met, whole=True))}</p>" if met else ""
    return (
        f"<tr><td class={probe.verdict}>{probe.verdict}</td><td>{escape(probe.probe)}</td>"
        f"<td>{escape(probe.message)}{why}</td></tr>"
    )


def _pictures(model: ModelResult) -> str:
    parts = [_gradients(model.variables)]
    for probe in model.probes:
        figures = probe.figures
        if probe.probe == "kl" and "kl" in figures:
            lit = [value > 0.01 for value in figures["variance_of_mean"]]
            parts.append(charts.columns(figures["kl"], lit, "KL for each latent dimension (pale: inactive)", "nats"))
        if probe.probe == "schedule":
            for track in figures.get("tracks", ()):
                title = f"Schedule {track['variable']}: as set, and as it was when the epoch ended"
                real = "bad" if track["moved"] > 1e-6 else "ok"
                pair = [("as set", "set wide", track["set"]), ("as it was", real, track["real"])]
                parts.append(charts.lines(pair, title, "epoch"))
        if probe.probe == "tie":
            for name, distances in figures.get("distances", {}).items():
                kind = "bad" if probe.failed else "ok"
                parts.append(charts.lines([("distance", kind, distances)], f"{name}: distance", "epoch"))
        if probe.probe == "loss" and figures.get("losses"):
            parts.append(charts.lines([("loss", "set", figures["losses"])], "Loss on one batch", "step"))
    return "".join(parts)


def _gradients(variables: list[VariableResult]) -> str:
    rows = [row for row in variables if row.gradient_norms]
    if not rows:
        return ""
    bad = [row for row in rows if row.verdict not in {"ok", "zero here", "one time step"}]
    shown = rows if len(rows) <= MOST_BARS else [*bad, *(row for row in rows if row not in bad)][:MOST_BARS]
    title = "Gradient norm of each variable" + ("" if len(shown) == len(rows) else f" ({len(shown)} of {len(rows)})")
    return charts.bars([(row.path, row.typical_norm, "bad" if row in bad else "ok") for row in shown], title)
