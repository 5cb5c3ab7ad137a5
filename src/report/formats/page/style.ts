/** How a page looks: light and dark, from a phone to a wide screen, and on paper. */

/** Told apart by hue and lightness, and nobody’s money by hatching besides, so that no colour sight is needed. */
const COLOURS = `
:root {
  color-scheme: light dark;
  --page: light-dark(#ffffff, #14171a); --panel: light-dark(#f6f7f8, #1c2125); --line: light-dark(#e2e5e9, #30363d);
  --ink: light-dark(#1a1e23, #e8eaed); --soft: light-dark(#57606a, #a3acb6); --link: light-dark(#1f5f9f, #7db7f0);
  --owned: light-dark(#2f6fb2, #5b9bdc); --contested: light-dark(#b97300, #e0a43a); --unresolved: light-dark(#6b7280, #9aa3ad);
  --owned-text: light-dark(#1f5f9f, #7db7f0); --contested-text: light-dark(#8a5200, #e8b04b); --unresolved-text: light-dark(#57606a, #a3acb6);
  --less: light-dark(#b97300, #e0a43a); --more: light-dark(#2f6fb2, #5b9bdc); --whole: light-dark(#3d4650, #aab3bd)
}`

const TEXT = `
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; -webkit-text-size-adjust: 100% }
main { max-width: 72rem; margin: 0 auto; padding: 3rem 1.5rem 4rem }
h1, h2, h3 { line-height: 1.2; margin: 0; font-weight: 650; letter-spacing: -.01em; text-wrap: balance }
h1 { font-size: 1.75rem } h2 { font-size: 1.0625rem; margin: 2.5rem 0 .75rem }
p { margin: 0 } .subtitle { color: var(--soft); margin-top: .35rem } .none { color: var(--soft) }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
.lens + .lens { margin-top: 4rem; padding-top: 3rem; border-top: 1px solid var(--line) } .lens h1 { font-size: 1.5rem }
nav { margin: 1.75rem 0 3rem; columns: 18rem; column-gap: 2.5rem }
nav a { display: block; padding: .3rem 0; break-inside: avoid; text-decoration: none } nav a:hover strong { text-decoration: underline }
nav strong { color: var(--link); font-weight: 600 } nav span { display: block; color: var(--soft); font-size: .875rem }
.closing { margin-top: 2.5rem; padding: 1rem 1.25rem; background: var(--panel); border-radius: 8px; font-size: .875rem; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.closing p + p { margin-top: .4rem } .closing p:last-child { color: var(--ink); font-weight: 600 }`

const TABLES = `
.scroll { overflow-x: auto; margin: 1.25rem 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .45rem 1.25rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
thead td { border-bottom-color: var(--soft) } thead th { font-weight: 500; font-size: .8125rem; color: var(--soft); white-space: nowrap; border-bottom-color: var(--soft) }
tbody th { font-weight: 500 } th:last-child, td:last-child { padding-right: 0 }
.number { text-align: right; white-space: nowrap } .list { color: var(--soft); font-size: .875rem } .day, .short { white-space: nowrap } .trend { color: var(--owned-text) }
.noted > * { border-bottom: 0; padding-bottom: 0 } .note td { color: var(--soft); font-size: .875rem; padding: .15rem 0 .7rem; overflow-wrap: anywhere }
.class { white-space: nowrap } .class::before { content: ''; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 2px }
.owned-text { color: var(--owned-text) } .contested-text { color: var(--contested-text) } .unresolved-text { color: var(--unresolved-text) }
.owned-text::before, b.owned { background: var(--owned) } .contested-text::before, b.contested { background: var(--contested) }
.unresolved-text::before, b.unresolved { background: repeating-linear-gradient(135deg, var(--unresolved) 0 2px, transparent 2px 4px); box-shadow: inset 0 0 0 1px var(--unresolved) }
td.drawn { width: 40%; min-width: 4rem; vertical-align: middle } td.drawn b { display: block; height: .7rem; border-radius: 2px; min-width: 1px } b.plain { background: var(--owned) }
.opens { position: relative } .opens:hover { background: var(--panel) }
.opens button { font: inherit; font-weight: 500; color: inherit; background: none; border: 0; padding: 0; text-align: left; cursor: pointer; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .25em }
.opens:hover button { text-decoration-color: currentColor } .opens button::after { content: ''; position: absolute; inset: 0 }
@media (max-width: 60rem) { .drop3, .drop4 { display: none } }
@media (max-width: 46rem) { .drop2 { display: none } }
@media (max-width: 34rem) {
  main { padding: 1.75rem 1rem 3rem } .drop1 { display: none } h1 { font-size: 1.5rem }
  table { font-size: .8125rem } th, td { padding-right: .6rem } .short { white-space: normal } td.drawn { width: 25%; min-width: 2.5rem }
  .scroll td.class:not(:first-child) { font-size: 0 } .scroll td.class:not(:first-child)::before { width: .8125rem; height: .8125rem; margin: .2rem 0 0 }
}`

const CHARTS = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 2.5rem 3rem; margin: 2.5rem 0; align-items: start }
figure { margin: 0; min-width: 0; container-type: inline-size } figure.wide { grid-column: 1 / -1 }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; align-items: baseline; margin-bottom: .9rem }
figcaption h2 { margin: 0 } .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; font-size: .8125rem; color: var(--soft) }
.legend b { display: inline-block; width: .75em; height: .75em; margin-right: .45em; border-radius: 2px }
figure > svg { display: none; width: 100%; height: auto; overflow: visible }
svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums } svg .name, svg .figure { fill: var(--ink) }
svg .grid, svg .axis { stroke: var(--line); fill: none } svg .axis { stroke: var(--soft) } svg .link { stroke: var(--soft); fill: none; stroke-dasharray: 2 2 }
svg .owned, svg .plain { fill: var(--owned) } svg .contested { fill: var(--contested) } svg .unresolved { fill: url(#hatch); stroke: var(--unresolved) }
svg .less { fill: var(--less) } svg .more { fill: var(--more) } svg .whole { fill: var(--whole) }
svg .hit { fill: transparent } svg g:hover > .hit { fill: color-mix(in srgb, var(--ink) 6%, transparent) }
svg .spark { fill: none; stroke: var(--owned); stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round } svg .dot { stroke-width: 4 }
#hatch path { stroke: var(--unresolved); stroke-width: 1.6 } .defs { position: absolute; width: 0; height: 0 }
@container (width < 30rem) { figure > svg.narrow { display: block } }
@container (30rem <= width < 52rem) { figure > svg.middle { display: block } }
@container (width >= 52rem) { figure > svg.broad { display: block } }
figure details { margin-top: .6rem; font-size: .8125rem } summary { cursor: pointer; color: var(--soft) } summary:hover { color: var(--ink) }
figure .scroll { margin: .5rem 0 0; max-height: 20rem }`

const DRAWERS = `
[popover] { color: inherit; background: var(--page) }
.drawer { position: fixed; inset: 0 0 0 auto; width: min(44rem, 100%); height: 100%; max-height: none; margin: 0; padding: 1.75rem 2rem 3rem; border: 0; border-left: 1px solid var(--line); overflow-y: auto; overscroll-behavior: contain; box-shadow: -12px 0 48px rgb(0 0 0 / .18) }
.drawer::backdrop { background: rgb(0 0 0 / .28) }
.drawer header { display: flex; justify-content: space-between; gap: 1rem; align-items: start; padding-bottom: 1rem; border-bottom: 1px solid var(--line) }
.drawer h2, .drawer h3, .drawer header p { overflow-wrap: anywhere; min-width: 0 } .drawer h2 { margin: 0; font-size: 1.25rem } .drawer header p { color: var(--soft); margin-top: .25rem; font-variant-numeric: tabular-nums }
.drawer .close { font: inherit; font-size: .875rem; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; cursor: pointer }
.drawer article { padding: 1.35rem 0 .4rem } .drawer article + article { border-top: 1px solid var(--line); margin-top: 1rem }
.drawer h3 { font-size: 1rem; display: flex; justify-content: space-between; gap: 1rem; font-variant-numeric: tabular-nums }
.facts { color: var(--soft); font-size: .8125rem; margin: .2rem 0 .6rem } .why { overflow-wrap: anywhere }
.drawer h4 { font-size: .8125rem; font-weight: 600; color: var(--soft); margin: 1rem 0 .25rem }
.drawer dl { margin: 0; display: grid; grid-template-columns: 4rem minmax(0, 1fr); gap: .3rem .9rem; font-size: .875rem; font-variant-numeric: tabular-nums }
.drawer dt { text-align: right; white-space: nowrap } .drawer dd { margin: 0; overflow-wrap: anywhere } .sum { font-weight: 600; border-top: 1px solid var(--soft) }
.places { display: block; color: var(--soft); font: .75rem/1.5 ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace }
.rest { color: var(--soft); border-top: 1px solid var(--line); margin-top: 1rem; padding-top: 1rem }
.drawer[popover]:popover-open { animation: slide .16s ease-out }
@keyframes slide { from { transform: translateX(2rem); opacity: 0 } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important } }
@media (max-width: 34rem) { .drawer { padding: 1.25rem 1rem 2rem } }`

/** All is open on paper: drawers follow the report as an appendix, charts show their tables. */
const PAPER = `
@page { margin: 16mm 14mm }
@media print {
  :root { color-scheme: light } body { font-size: 9.5pt } main { max-width: none; padding: 0 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  th, td { padding: .25rem .7rem .25rem 0 } .scroll, figure .scroll { overflow: visible; max-height: none }
  tr, h3 { break-inside: avoid } figure > svg, figcaption { break-inside: avoid } figcaption, h1, h2, h3, h4 { break-after: avoid } thead { display: table-header-group }
  .charts { display: block } figure { margin-bottom: 1.5rem } figure > svg { display: none !important } figure > svg.middle { display: block !important; max-width: 36rem }
  details::details-content { content-visibility: visible; display: block; height: auto } summary { list-style: none } summary::-webkit-details-marker { display: none }
  .opens button { text-decoration: none } .drop3, .drop4 { display: none }
  .drawer { display: block; position: static; width: auto; height: auto; padding: 1.5rem 0 0; border: 0; box-shadow: none; overflow: visible } .close { display: none }
  .drawers { break-before: page } .lens + .lens { break-before: page; border: 0; margin: 0; padding: 0 } nav { columns: 1 }
  .drawers { columns: 2; column-gap: 8mm; font-size: 7.5pt } .drawer { padding: 0 0 1.25rem; overflow: visible } .drawer header { padding-bottom: .4rem } .drawer h2 { font-size: 10pt } .drawer h3 { font-size: 8.5pt }
  .drawer article { padding-top: .6rem } .drawer article + article { margin-top: .5rem } .drawer dl { font-size: inherit; grid-template-columns: 3.2rem minmax(0, 1fr) } .drawer h4 { font-size: inherit; margin-top: .5rem } .facts { font-size: inherit } .places { font-size: 6pt }
}`

export const STYLE = [COLOURS, TEXT, TABLES, CHARTS, DRAWERS, PAPER].join('')
