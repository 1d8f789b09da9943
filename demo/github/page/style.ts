/** Looks enough like GitHub that a reader knows where to look. */
export const STYLE = `
:root { --line: #d1d9e0; --soft: #f6f8fa; --muted: #59636e; --add: #dafbe1; --del: #ffebe9; --link: #0969da; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.5 -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif; color: #1f2328; }
main { max-width: 1012px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 26px; font-weight: 400; margin: 0 0 8px; } h1 span { color: var(--muted); }
a { color: var(--link); text-decoration: none; }
.meta { color: var(--muted); padding-bottom: 16px; border-bottom: 1px solid var(--line); margin-bottom: 24px; }
.state { background: #1f883d; color: #fff; border-radius: 2em; padding: 5px 12px; margin-right: 8px; font-weight: 500; }
.state.closed { background: #cf222e; }
.box { border: 1px solid var(--line); border-radius: 6px; margin: 16px 0; overflow: hidden; background: #fff; }
.box > header { background: var(--soft); border-bottom: 1px solid var(--line); padding: 8px 16px; color: var(--muted); }
.box > header b { color: #1f2328; } .box > .body { padding: 12px 16px; }
.body > :first-child { margin-top: 0; } .body > :last-child { margin-bottom: 0; }
.bot { border: 1px solid var(--line); border-radius: 2em; padding: 0 6px; font-size: 12px; margin-left: 4px; }
.thread { margin-left: 32px; } .path { font: 12px/1.5 ui-monospace, 'Liberation Mono', 'DejaVu Sans Mono', monospace; color: #1f2328; }
table.diff { border-collapse: collapse; width: 100%; font: 12px/20px ui-monospace, 'Liberation Mono', 'DejaVu Sans Mono', monospace; tab-size: 8; }
table.diff td { padding: 0 10px; white-space: pre; } table.diff td.n { color: var(--muted); text-align: right; width: 1%; min-width: 44px; }
table.diff td.sign { width: 1%; padding: 0 0 0 10px; } table.diff td.sign + td { padding-left: 4px; }
table.text { border-collapse: collapse; } table.text td, table.text th { border: 1px solid var(--line); padding: 6px 13px; text-align: left; }
tr.add { background: var(--add); } tr.del { background: var(--del); } tr.hunk { background: #ddf4ff; color: var(--muted); }
.comment { border-top: 1px solid var(--line); padding: 12px 16px; } .comment .who { margin-bottom: 6px; color: var(--muted); } .comment .who b { color: #1f2328; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% ui-monospace, 'Liberation Mono', 'DejaVu Sans Mono', monospace; }
pre.code { background: var(--soft); padding: 12px; border-radius: 6px; overflow: auto; tab-size: 8; } pre.code code { background: none; padding: 0; }
.suggestion { border: 1px solid var(--line); border-radius: 6px; } .suggestion .bar { padding: 6px 12px; border-bottom: 1px solid var(--line); }
.suggestion pre { margin: 0; font: 12px/20px ui-monospace, 'Liberation Mono', 'DejaVu Sans Mono', monospace; tab-size: 8; } .suggestion .add { background: var(--add); padding: 0 12px; }
blockquote { margin: 0; padding: 0 1em; color: var(--muted); border-left: 4px solid var(--line); }
.check { display: flex; gap: 10px; padding: 8px 16px; border-top: 1px solid var(--line); } .check:first-of-type { border-top: 0; } .check .title { color: var(--muted); }
.check .mark { width: 1em; } .success .mark { color: #1a7f37; } .failure .mark { color: #cf222e; } .pending .mark, .neutral .mark { color: #9a6700; }
.tag { color: var(--muted); border: 1px solid var(--line); border-radius: 2em; padding: 0 7px; font-size: 12px; margin-left: 6px; }
.reactions span { border: 1px solid var(--line); border-radius: 2em; padding: 1px 8px; margin-right: 4px; font-size: 12px; }
sub { color: var(--muted); }
`;
