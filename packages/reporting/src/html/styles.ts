/** Colours as `light-dark` would give them, for browsers that do not know it yet. */
const LIGHT = `--page:#f7f7f5;--surface:#fff;--sunken:#f1f1ee;--text:#1c1e21;--quiet:#5b616a;--line:#e3e3df;
--crit:#a8200d;--crit-bg:#fdf1ef;--warn:#8a4b00;--warn-bg:#fdf5e6;--good:#17653a;--good-bg:#edf8f1;--info:#1b5a9c;--info-bg:#eef5fc;--neutral:#53585f;--neutral-bg:#f1f1ee;
--input:#c47500;--h2d:#8452c4;--forward:#3b82d6;--backward:#1f4f93;--optimizer:#23938f;--residual:#8b9098;--memory:#3b82d6`
const DARK = `--page:#121315;--surface:#1a1c1f;--sunken:#24262a;--text:#e7e8ea;--quiet:#a3a8b0;--line:#303338;
--crit:#ff9c90;--crit-bg:#2b1a18;--warn:#f0bb6b;--warn-bg:#2a2216;--good:#7fd3a1;--good-bg:#16251c;--info:#8fc2fb;--info-bg:#17222e;--neutral:#b4b9c1;--neutral-bg:#24262a;
--input:#e39a2d;--h2d:#ab86e6;--forward:#5b9df0;--backward:#3a6fbe;--optimizer:#3fb3ad;--residual:#80868f;--memory:#5b9df0`

/** The style sheet of the report: one column, system fonts, numbers that line up. */
export const STYLES: string = `
:root{${LIGHT};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
.page,main{max-width:60rem;margin:0 auto;padding:0 1.5rem}
header.page{padding-top:2.5rem}
footer.page{padding-bottom:3rem}
h1,h2,h3,p,dl,ul,ol,figure{margin:0}
h1{font-size:1.75rem;line-height:1.25;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.125rem;line-height:1.35;font-weight:650;letter-spacing:-.005em}
h3{font-size:.9375rem;font-weight:650}
p,li,dd,td,th{overflow-wrap:break-word}
.eyebrow{font-size:.8125rem;color:var(--quiet);margin-bottom:.25rem}
.quiet{color:var(--quiet)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin-top:1rem}
.facts dt,.figures dt{font-size:.8125rem;color:var(--quiet)}
.facts dd,.figures dd{margin:0;font-weight:550}
.verdict,.card,.notice{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:1.5rem;margin-top:1.25rem}
.verdict{border-left:4px solid var(--tone);margin-top:1.75rem}
.verdict h2{font-size:1.625rem;line-height:1.25;letter-spacing:-.015em;color:var(--tone);overflow-wrap:anywhere}
.verdict .lead{font-size:1.0625rem;margin-top:.5rem}
.verdict>p+p{margin-top:.5rem}
.crit{--tone:var(--crit);--tint:var(--crit-bg)}.warn{--tone:var(--warn);--tint:var(--warn-bg)}.good{--tone:var(--good);--tint:var(--good-bg)}.info{--tone:var(--info);--tint:var(--info-bg)}.neutral{--tone:var(--neutral);--tint:var(--neutral-bg)}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:99px;font-size:.75rem;font-weight:600;line-height:1.5;color:var(--tone);background:var(--tint);vertical-align:.08em}
.outlook{border-top:1px solid var(--line);margin-top:1.25rem;padding-top:1.25rem}
.outlook>*+*{margin-top:.75rem}
.gain{display:grid;grid-template-columns:minmax(11rem,auto) 1fr;gap:.25rem 1.5rem;align-items:baseline}
.gain .figure{font-size:1.125rem;white-space:nowrap;color:var(--quiet)}
.gain .figure strong{color:var(--text);font-weight:650}
.gain .quiet{font-size:.875rem;margin-top:.125rem}
.notice{border-left:4px solid var(--warn)}
.notice ul{padding-left:1.25rem;margin-top:.5rem}
.complete{margin-top:.75rem;padding-left:.25rem;font-size:.875rem}
.card>*+*{margin-top:1.25rem}
.card>header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.25rem 1rem}
.card>header .quiet{font-size:.875rem}
.finding{border-left:3px solid var(--tone);padding-left:.875rem}
.finding+.finding{margin-top:1rem}
figcaption{font-weight:600;font-size:.9375rem;margin-bottom:.625rem}
.bar{display:block;border-radius:4px;overflow:hidden}
.bar rect{stroke:var(--surface);stroke-width:1}
.bars{list-style:none;padding:0;display:grid;gap:.375rem}
.bars li{display:grid;grid-template-columns:3rem 1fr 6rem;gap:.75rem;align-items:center}
.bars .num{text-align:right;font-size:.875rem}
.row-name{font-weight:550;white-space:nowrap}
.bars+.quiet{font-size:.875rem;margin-top:.5rem}
.marked .row-name,.bars .marked .num{color:var(--crit);font-weight:700}
.mark{display:inline-block;padding:0 .4375rem;border-radius:99px;font-size:.75rem;font-weight:600;color:var(--crit);background:var(--crit-bg);white-space:nowrap}
.p-input{fill:var(--input)}.p-h2d{fill:var(--h2d)}.p-forward{fill:var(--forward)}.p-backward{fill:var(--backward)}.p-optimizer{fill:var(--optimizer)}.p-residual{fill:var(--residual)}.p-memory{fill:var(--memory)}
.swatch{display:inline-block;margin-right:.5rem;vertical-align:-.05em}
figure.layers .keys{margin-top:.625rem}
.icicle{display:block;border-radius:4px}
.icicle .frame{fill:none;stroke:var(--surface);stroke-width:2}
.icicle text{fill:var(--text);font-size:.75rem;font-weight:550}
.rest{fill:var(--sunken)}
.tint{opacity:.2}
.paths th[scope=row]{overflow-wrap:anywhere}
.numbers tr.total>*{border-top:1px solid var(--line);font-weight:600}
table{border-collapse:collapse;font-size:.875rem}
caption{text-align:left;padding:.875rem 0 .25rem}
th{text-align:left;font-weight:500}
.num{text-align:right;white-space:nowrap}
.legend th,.legend td{padding:.1875rem 0}
.legend td{padding-left:2.5rem}
.legend .total th,.legend .total td{border-top:1px solid var(--line);padding-top:.375rem;font-weight:600}
.numbers{width:100%}
.numbers th,.numbers td{padding:.375rem .75rem;border-bottom:1px solid var(--line)}
.numbers th:first-child,.numbers td:first-child{padding-left:0;min-width:9rem}
.numbers th:last-child,.numbers td:last-child{padding-right:0}
.numbers thead th{font-size:.8125rem;color:var(--quiet);vertical-align:bottom}
.numbers thead th.num{white-space:normal;min-width:5.5rem}
.numbers tbody tr:last-child>*{border-bottom:0}
.numbers tr.marked>*{background:var(--crit-bg)}
.host{display:block;font-size:.8125rem;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin-top:.5rem}
.wide:focus-visible,pre:focus-visible,summary:focus-visible{outline:2px solid var(--info);outline-offset:2px;border-radius:4px}
summary{cursor:pointer;font-weight:600;font-size:.9375rem}
summary .quiet{font-weight:400}
.more+.more{margin-top:.75rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem 2rem}
.plot{display:grid;grid-template-columns:auto 1fr;gap:.25rem .625rem;font-size:.75rem;color:var(--quiet)}
.plot svg{width:100%;height:8.5rem;display:block}
.chart:only-child .plot svg{height:10.5rem}
.y-axis{display:flex;flex-direction:column;justify-content:space-between;text-align:right;white-space:nowrap;margin:-.6em 0}
.x-axis{grid-column:2;display:flex;justify-content:space-between}
.plot path,.swatch path{vector-effect:non-scaling-stroke}
.plot path:not(.area),.swatch path{fill:none}
.plot .grid{stroke:var(--line);stroke-width:1}
.typical{stroke:var(--forward);stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.worst{stroke:var(--input);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.plot path.area{stroke:var(--surface);stroke-width:.5}
.plot path.band:not(.area),rect.band{fill:var(--forward);opacity:.24}
.keys{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.8125rem;color:var(--quiet);margin-top:.375rem}
.chart .quiet{font-size:.8125rem;margin-top:.25rem}
.figures{display:flex;flex-wrap:wrap;gap:.75rem 2rem}
.peak{display:block;font-size:.8125rem;font-weight:400}
.figures+.quiet{font-size:.8125rem;margin-top:.375rem}
.raw{margin:1.25rem 0 2rem}
pre{overflow:auto;max-height:32rem;padding:1rem;margin:.75rem 0 0;background:var(--surface);border:1px solid var(--line);border-radius:10px;font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.own{margin-top:1.25rem;background:none;border:0;padding:0}
@media (max-width:40rem){
.page,main{padding:0 1rem}
header.page{padding-top:1.5rem}
h1{font-size:1.5rem}
.verdict,.card,.notice{padding:1.125rem}
.gain{grid-template-columns:1fr}
.bars li{grid-template-columns:3rem 1fr 5rem;gap:.375rem}
.legend{width:100%}
.icicle .roomy{display:none}
.legend td{padding-left:1rem}
}
@media print{
:root{${LIGHT};--page:#fff;color-scheme:light}
@page{margin:14mm}
body{font-size:10.5pt}
.page,main{max-width:none;padding:0}
.verdict,.card,.notice{padding:.875rem 1rem;margin-top:.75rem}
.verdict,.notice,.finding,figure,.gain,tr{break-inside:avoid}
h2,h3,summary,figcaption{break-after:avoid}
.wide{overflow:visible}
details::details-content{content-visibility:visible;block-size:auto}
summary{list-style:none}
summary::-webkit-details-marker{display:none}
.raw{display:none}
.badge,.mark,.icicle,.numbers tr.marked>*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`.replaceAll('\n', '')
