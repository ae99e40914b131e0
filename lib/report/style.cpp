#include "report/style.h"

namespace ctt::report {

namespace {

// An arm's class sets one colour, and its marks take it: lines and dots drawn, bands and bars filled.
constexpr const char* kChart = R"(
:root{--paper:#fff;--ink:#1b2027;--muted:#5a6470;--rule:#e1e5ea;--strong:#9aa3ad;
--never:#1b2027;--always:#0072b2;--gated:#d55e00;--scratch:#009e73;--placebo:#b0578c;--hold:#66707b;--flat:#8d96a0;
--gain:#0072b2;--loss:#d55e00;--quiet:#8a939d}
@media screen and (prefers-color-scheme:dark){:root{--paper:#12161b;--ink:#e4e8ec;--muted:#9ba6b2;--rule:#29303a;--strong:#56616d;
--never:#f2f4f6;--always:#56b4e9;--gated:#e69f00;--scratch:#1fb58b;--placebo:#d58fb6;--hold:#98a2ad;--flat:#66717d;
--gain:#56b4e9;--loss:#e87a30;--quiet:#8b96a2}}
.chart{display:block;overflow:visible}
.chart text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}
.chart .name{font-size:15px;font-weight:600;fill:var(--ink)}.chart .row-name,.chart .end-label,.chart .figure{fill:var(--ink)}
.chart .row-name{font-weight:600}.chart .end{text-anchor:end}.chart .middle{text-anchor:middle}
.paper{fill:var(--paper)}.grid{stroke:var(--rule)}.axis{stroke:var(--strong)}.zero{stroke:var(--muted)}
.never{--c:var(--never)}.always{--c:var(--always)}.gated{--c:var(--gated)}.scratch{--c:var(--scratch)}
.placebo{--c:var(--placebo)}.hold{--c:var(--hold)}.flat{--c:var(--flat)}.traded{--c:var(--always)}.replayed{--c:var(--gated)}
.other0{--c:var(--always)}.other1{--c:var(--gated)}.other2{--c:var(--scratch)}.other3{--c:var(--placebo)}
.line{fill:none;stroke:var(--c);stroke-width:1.5;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.line.placebo{stroke-dasharray:5 3}.line.hold{stroke-dasharray:1.5 3;stroke-linecap:round}.line.flat{stroke-dasharray:2 3}
.band{fill:var(--c);fill-opacity:.13}.band.placebo,.band.scratch{fill-opacity:.09}
.whisker{stroke:var(--c);stroke-width:2}.dot{fill:var(--c);stroke:var(--paper);stroke-width:1.5}
.bar{fill:var(--c);fill-opacity:.75}.shade{fill:var(--quiet);fill-opacity:.16}.random{--c:var(--quiet)}
.cell{fill:var(--quiet);fill-opacity:.06}[class*=gain]{fill:var(--gain)}[class*=loss]{fill:var(--loss)}
.gain1,.loss1{fill-opacity:.1}.gain2,.loss2{fill-opacity:.2}.gain3,.loss3{fill-opacity:.32}.gain4,.loss4{fill-opacity:.44}
.gain5,.loss5{fill-opacity:.56}
.part{stroke:var(--paper);stroke-width:1.5;fill:var(--quiet);fill-opacity:.25}.part.passed{fill:var(--gain);fill-opacity:.5}
.part.rejected{fill:var(--loss);fill-opacity:.5}.part.skipped{fill-opacity:.12}.part.failed{fill:var(--ink);fill-opacity:.4}
.chart .tight{display:none}
)";

constexpr const char* kPage = R"(
*{box-sizing:border-box}html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums}
header,main,footer{max-width:1840px;margin:0 auto;padding:0 clamp(16px,2.5vw,40px)}
header{padding-top:28px}.about{margin:0;color:var(--muted)}
h1{font-size:clamp(20px,1.1rem + 1vw,31px);line-height:1.3;font-weight:600;margin:10px 0 14px;max-width:62ch;text-wrap:pretty}
h2{font-size:18px;line-height:1.3;margin:0 0 6px}h3{font-size:15px;margin:22px 0 6px}
p{margin:0 0 10px;max-width:76ch;text-wrap:pretty}.note,figcaption,footer{color:var(--muted);font-size:14px}
.verdict{display:inline-block;font-weight:700;padding:3px 12px;border:2px solid var(--quiet);border-radius:4px}
.verdict.better{border-color:var(--gain)}.verdict.worse{border-color:var(--loss)}
.banner{border:2px solid var(--loss);border-radius:4px;padding:10px 14px;margin:16px 0 0;max-width:none}
.mark{font-size:12px;font-weight:600;border:1px solid var(--loss);border-radius:3px;padding:1px 5px;vertical-align:2px}
nav{margin:16px 0 0;font-size:14px;display:flex;flex-wrap:wrap;gap:2px 16px}a{color:inherit;text-underline-offset:3px}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,640px),1fr));gap:0 56px;align-items:start;grid-auto-flow:row dense}
main>section,main>details{min-width:0;border-top:1px solid var(--rule);padding:20px 0 26px;margin-top:10px}
.wide{grid-column:1/-1}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,640px),1fr));gap:0 56px;align-items:start}.pair>*{min-width:0}
.pair>h2,.pair>p{grid-column:1/-1}figure{margin:8px 0;container-type:inline-size}
.scroll{overflow-x:auto;margin:8px 0 12px;max-width:100%}.scroll:focus-visible{outline:2px solid var(--gain)}
table{border-collapse:collapse;min-width:min(100%,420px)}th,td{padding:5px 14px 5px 0;text-align:left;vertical-align:top;
border-bottom:1px solid var(--rule)}thead th{color:var(--muted);font-weight:500;font-size:13px;vertical-align:bottom;line-height:1.25}
tbody th{font-weight:600;position:sticky;left:0;background:var(--paper);white-space:nowrap}.number{text-align:right}td.number{white-space:nowrap}
.range{color:var(--muted);font-size:13px;white-space:nowrap}td .range{display:block}.none{color:var(--muted)}
.hash,code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre{font:13px/1.6 ui-monospace,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--rule);
border-radius:4px;padding:10px 14px;margin:8px 0 14px}
summary{cursor:pointer;font-weight:600;padding:4px 0}dl{columns:3 380px;column-gap:56px;margin:8px 0}
dl div{display:grid;grid-template-columns:9em minmax(0,1fr);gap:0 14px;break-inside:avoid;padding:2px 0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}.key{display:inline-block;width:14px;height:3px;margin-right:7px;
vertical-align:4px;background:var(--c)}footer{padding-top:18px;padding-bottom:40px}
.plot-curve{margin:12px 140px 0 64px;width:calc(100% - 204px)}.plot-labels{margin:0 10px 0 44px;width:calc(100% - 54px)}
.plot-full{margin:0 16px;width:calc(100% - 32px)}
@container (max-width:600px){.plot-curve{margin:12px 74px 0 54px;width:calc(100% - 128px)}.plot-labels{margin:0 2px 0 40px;width:calc(100% - 42px)}
.chart .roomy{display:none}.chart .tight{display:inline}}
@media print{@page{margin:14mm}html{color-scheme:light}body{font-size:11pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
header,main,footer{padding:0 6px;max-width:none}header{break-after:auto}main,.pair{display:block}nav{display:none}
main>section{break-inside:avoid;padding:14px 0}main>section.long{break-inside:auto}tr,figure{break-inside:avoid}h2,h3{break-after:avoid}
.scroll{overflow:visible}table{font-size:8.5pt;min-width:0}th,td,td.number,tbody th,.range{white-space:normal}th,td{padding:3px 8px 3px 0}thead th,.range{font-size:8pt}
tbody th{position:static}tbody th:has(.key){white-space:nowrap}thead{display:table-header-group}}
)";

}  // namespace

const std::string& chart_style() {
  static const std::string style = kChart;
  return style;
}

const std::string& page_style() {
  static const std::string style = chart_style() + kPage;
  return style;
}

}  // namespace ctt::report
