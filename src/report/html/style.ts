/** The look of the page: light and dark as the reader's system is, cards instead of columns on a phone, everything unfolded on paper. */
export const CSS = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --code: #f1f3f5;
  --good: #116329; --bad: #b3261e; --warn: #7a4d00; --band: #6e9fd8;
  --dns: #6b7280; --tcp: #2563eb; --tunnel: #9333ea; --tls: #0f766e; --http: #4d7c0f; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e9ec; --dim: #a3abb3; --line: #3a4149; --code: #23282e;
  --good: #6fd68a; --bad: #ff8f85; --warn: #f0c25a; --band: #3f6ea5;
  --dns: #9ca3af; --tcp: #60a5fa; --tunnel: #c084fc; --tls: #2dd4bf; --http: #a3e635; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p, ul, ol, dl, pre, figure { margin: .5rem 0; }
ul, ol { padding-left: 1.5rem; }
li.marked { list-style: none; margin-left: -1.4rem; padding-left: 1.4rem; text-indent: -1.4rem; }
li.marked > * { text-indent: 0; }
code { font: .9em ui-monospace, monospace; background: var(--code); border-radius: 3px; padding: 0 .25em; unicode-bidi: isolate; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; user-select: all; }
pre code { padding: 0; white-space: pre-wrap; }
dl { display: grid; grid-template-columns: fit-content(16rem) 1fr; gap: .15rem 1rem; }
dl > div { display: contents; }
dt { font-weight: 600; grid-column: 1; }
dd { margin: 0; grid-column: 2; }
dd + dd { color: var(--dim); padding-left: 1rem; }
.mark { display: inline-block; min-width: 1.1em; font-weight: 700; text-align: center; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn, .undecided { color: var(--warn); }
.dim, .harmless, .aside, footer, .figure, figcaption, .legend { color: var(--dim); }
.strong, .result { font-weight: 600; }
.aside, footer, figcaption, .legend { font-size: .875rem; }
.figure { white-space: nowrap; }
.note { display: block; font-size: .875rem; }
footer { border-top: 1px solid var(--line); }
main > details { border-top: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; }
summary h2 { display: inline; margin: 0; }
:focus-visible { outline: 3px solid var(--tcp); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 400; }
svg { max-width: 100%; }
.waterfall { display: block; width: 120px; height: 10px; margin-top: .2rem; }
.swatch { width: 12px; height: 10px; margin-left: .6em; }
.legend span { white-space: nowrap; }
.dns { fill: var(--dns); } .tcp { fill: var(--tcp); } .tunnel { fill: var(--tunnel); } .tls { fill: var(--tls); } .http { fill: var(--http); }
.failed { fill: none; stroke: currentColor; stroke-width: 1; }
.map { display: block; width: 100%; height: auto; fill: var(--text); }
.map.wide { max-width: 760px; } .map.narrow { display: none; }
.band { fill: none; stroke: var(--band); stroke-opacity: .75; }
.band.bad { stroke: var(--bad); stroke-dasharray: 10 3; stroke-opacity: .6; }
.band.undecided { stroke: var(--warn); stroke-dasharray: 2 3; }
.bar { fill: var(--text); }
.map text { stroke: var(--back); stroke-width: 4px; stroke-linejoin: round; }
.map .name { font-weight: 600; } .map .detail { fill: var(--dim); }
.map .end { font-weight: 700; } .map .end.bad { fill: var(--bad); } .map .end.undecided { fill: var(--warn); }
@media screen and (max-width: 760px) {
  .map.wide { display: none; } .map.narrow { display: block; }
  dl, dl > div { display: block; }
  dl > div { padding: .3rem 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr, tbody th, td { display: block; border: 0; padding: .1rem 0; }
  tbody tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { padding-left: 1.4rem; }
  td::before { content: attr(data-title) ": "; color: var(--dim); }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  tr, li, svg, pre { break-inside: avoid; } h2 { break-after: avoid; }
}
`;
