import { levels } from './heat-strip.ts';
import { scalpLevels } from './scalp-map.ts';

/** Shares of the last and the first colour for step `i` of `n` between them, percent. */
const share = (i: number, n: number): number => Math.round((100 * i) / (n - 1));

const ramp = (prefix: string, n: number, from: string, to: string): string =>
  Array.from({ length: n }, (_, i) => `.${prefix}${i}{fill:color-mix(in oklab,var(${to}) ${share(i, n)}%,var(${from}))}`).join('');

const diverging = (prefix: string, n: number): string =>
  Array.from({ length: n }, (_, i) => {
    const deviation = (2 * i) / (n - 1) - 1;
    return `.${prefix}${i}{fill:color-mix(in oklab,var(--${deviation < 0 ? 'low' : 'high'}) ${Math.round(Math.abs(deviation) * 100)}%,var(--even))}`;
  }).join('');

const light =
  '--paper:#f6f4f0;--card:#fff;--ink:#23272d;--muted:#63676f;--line:#e3dfd8;--warn-paper:#fff3d6;--warn-ink:#6b4a00;--good:#2f7d4d;--bad:#b8452f;--fair:#e9d9a6;' +
  '--c0:#c4572f;--c1:#2f6f97;--c2:#5d8a3c;--c3:#8a5a9e;--c4:#a17c12;--c5:#6d7179;--low:#3f7fb0;--high:#cf6238;--even:#f3efe8;--map-low:#31618c;--map-high:#f3c46b;--empty:#efebe4';
const dark =
  '--paper:#13161a;--card:#1b1f24;--ink:#e5e2dc;--muted:#9aa0a8;--line:#2b3037;--warn-paper:#33290f;--warn-ink:#f0cf86;--good:#6fc18d;--bad:#e88a72;--fair:#6b5f36;' +
  '--c0:#ee8f66;--c1:#6fb3dc;--c2:#98c774;--c3:#c49ad8;--c4:#dcbb5c;--c5:#9aa0a8;--low:#5aa0d6;--high:#e57e54;--even:#262b32;--map-low:#274c70;--map-high:#f0c070;--empty:#22272d';

/** Everything the page looks like: light, dark where the reader's system is, and ink on white paper in print. */
export const pageStyle = [
  `:root{color-scheme:light dark;${light}}`,
  `@media(prefers-color-scheme:dark){:root{${dark}}}`,
  '*{box-sizing:border-box}',
  'body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}',
  'main,header,footer{max-width:1020px;margin:0 auto;padding:0 24px}',
  'header{padding-top:34px}',
  '.brand{display:flex;align-items:center;gap:9px;color:var(--muted);font-size:13px;letter-spacing:.02em}',
  '.brand svg{width:22px;height:22px}',
  'h1{font-size:30px;line-height:1.2;font-weight:680;letter-spacing:-.015em;margin:10px 0 4px;overflow-wrap:anywhere}',
  '.about{color:var(--muted);margin:0 0 14px}',
  '.banner{margin:0 0 10px;padding:9px 14px;border-radius:9px;background:var(--warn-paper);color:var(--warn-ink)}',
  '.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:16px 0 6px;padding:0}',
  '.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:11px 14px;list-style:none}',
  '.tile span{display:block;color:var(--muted);font-size:12.5px}.tile b{display:block;font-size:23px;font-weight:640;line-height:1.25;letter-spacing:-.01em;margin:2px 0}',
  '.tile b small{font-size:14px;font-weight:500;color:var(--muted);margin-left:3px}.tile.good b{color:var(--good)}.tile.bad b{color:var(--bad)}',
  'nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:14px 0 6px;font-size:13.5px}nav a{color:var(--c1);text-decoration:none}nav a:hover,nav a:focus{text-decoration:underline}',
  'section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px 24px 22px;margin:14px 0}',
  'h2{font-size:20px;font-weight:660;letter-spacing:-.01em;margin:0 0 4px}h3{font-size:15.5px;font-weight:640;margin:22px 0 6px}',
  '.lead{color:var(--muted);margin:0 0 12px;max-width:75ch}p{max-width:78ch;margin:6px 0}',
  'figure{margin:14px 0 0}figcaption{color:var(--muted);font-size:13px;max-width:84ch;margin-top:2px}',
  '.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px}th{text-align:left;font-weight:600;color:var(--muted);white-space:nowrap}',
  'th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}tr:last-child td{border-bottom:0}table.narrow{width:auto}.narrow td,.narrow th{padding-right:26px}',
  '.share{white-space:nowrap}',
  '.pill{display:inline-block;padding:0 9px;border-radius:99px;font-size:12px;border:1px solid currentColor;white-space:nowrap}.pill.good{color:var(--good)}.pill.bad{color:var(--bad)}.pill.fair{color:var(--warn-ink)}',
  '.bar{display:inline-block;width:90px;height:8px;border-radius:4px;background:var(--empty);vertical-align:middle;margin-right:8px;overflow:hidden}.bar i{display:block;height:100%;background:var(--good)}.bar i.fair{background:var(--c4)}.bar i.bad{background:var(--bad)}',
  '.picture{display:block;width:100%;height:auto;font-size:11px}.heads{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:6px 14px;max-width:920px}.head{width:100%;max-width:210px;height:auto;font-size:9px}',
  'svg text{fill:var(--muted);font-family:inherit}svg .title{fill:var(--ink);font-weight:640;font-size:12.5px}svg .unit{fill:var(--muted);font-weight:400;font-size:11px}.tick{text-anchor:end}.time,.middle,.electrode{text-anchor:middle}.head .electrode{font-size:7px;fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:1.6px;stroke-opacity:.75}',
  '.grid{stroke:var(--line);fill:none;stroke-width:1}.mains{stroke-dasharray:2 2;stroke:var(--muted);opacity:.55}.frame{stroke:var(--muted);fill:none;opacity:.6}.line{fill:none;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}.stroke{stroke-width:.8;opacity:.7}.faint{stroke-dasharray:4 3;opacity:.75}.spread{stroke:none;opacity:.2}.shade{fill:var(--bad);opacity:.13}.mark{stroke:var(--ink);stroke-width:1;stroke-dasharray:1 2;opacity:.7;fill:none}.empty{fill:var(--empty)}',
  '.rim{fill:none;stroke:var(--card);stroke-width:6}.outline{fill:none;stroke:var(--muted);stroke-width:1.3}.dot{fill:var(--ink);stroke:var(--card);stroke-width:.8}.missing{fill:none;stroke:var(--muted)}',
  Array.from({ length: 6 }, (_, i) => `.line.s${i}{stroke:var(--c${i})}.spread.s${i}{fill:var(--c${i})}`).join(''),
  `${ramp('q', 3, '--bad', '--fair')}${Array.from({ length: levels.quality - 3 }, (_, i) => `.q${i + 3}{fill:color-mix(in oklab,var(--good) ${40 + 30 * i}%,var(--fair))}`).join('')}`,
  diverging('d', levels.deviation),
  ramp('m', scalpLevels, '--map-low', '--map-high'),
  '.legend{display:inline-flex;align-items:center;gap:3px;margin-right:6px}.legend svg{width:92px;height:10px}',
  '.model{border-top:1px solid var(--line);padding-top:14px;margin-top:16px}.model:first-of-type{border-top:0;padding-top:0}.model h3{margin-top:0}.limits{border-left:3px solid var(--c4);padding-left:12px}',
  'code{font:12.5px ui-monospace,"DejaVu Sans Mono",monospace;color:var(--muted);overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:8px 0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}ul{margin:6px 0;padding-left:20px}li{margin:4px 0;max-width:80ch}',
  '.tested{font-size:13.5px}.tested p{margin:8px 0 2px;color:var(--muted)}',
  'footer{color:var(--muted);font-size:13px;padding-top:6px;padding-bottom:36px}',
  '@media(max-width:640px){main,header,footer{padding:0 12px}section{padding:14px 14px 16px}h1{font-size:24px}}',
  `@media print{:root{${light};--paper:#fff;--muted:#4a4e55}@page{size:A4;margin:14mm 12mm}body{font-size:10.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}main,header,footer{max-width:none;padding:0}header{padding-top:0}nav{display:none}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:12px 0;margin:8px 0}.tiles{grid-template-columns:repeat(4,1fr)}.tile{padding:7px 10px}.tile b{font-size:17px}figure,tr,.tile,.model{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}}`,
].join('\n');
