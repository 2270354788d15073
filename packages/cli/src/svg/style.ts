/**
 * Colours and letters of charts, for a page's `<style>` (or an SVG's own): light, dark where the reader's system is, and black on white in print. A
 * layer's colour is a class `c0` … `c5`.
 */
export const chartStyle = `.chart{max-width:100%;height:auto;font:12px system-ui,sans-serif;--ink:#0f172a;--soft:#475569;--grid:#e2e8f0;--frame:#94a3b8;--paper:#fff;--c0:#2563eb;--c1:#d97706;--c2:#059669;--c3:#dc2626;--c4:#7c3aed;--c5:#64748b}
@media(prefers-color-scheme:dark){.chart{--ink:#e2e8f0;--soft:#94a3b8;--grid:#1e293b;--frame:#475569;--paper:#0f172a;--c0:#60a5fa;--c1:#fbbf24;--c2:#34d399;--c3:#f87171;--c4:#a78bfa;--c5:#94a3b8}}
@media print{.chart{--ink:#000;--soft:#333;--grid:#ddd;--frame:#666;--paper:#fff;--c0:#1d4ed8;--c1:#b45309;--c2:#047857;--c3:#b91c1c;--c4:#6d28d9;--c5:#475569}}
.chart text{fill:var(--soft)}.chart .title{font-weight:600;font-size:13px;fill:var(--ink)}.chart .paper{fill:var(--paper)}.chart .grid{stroke:var(--grid)}.chart .frame{fill:none;stroke:var(--frame)}.chart .whisker{stroke:var(--ink);stroke-width:1.2}.chart .rule{stroke-dasharray:4 3;stroke-width:1.2}.chart polyline{fill:none;stroke-width:1.4}
${Array.from({ length: 6 }, (_, i) => `.chart .c${i}{stroke:var(--c${i});fill:var(--c${i})}.chart polyline.c${i}{fill:none}.chart text.c${i}{stroke:none}`).join('')}`;
