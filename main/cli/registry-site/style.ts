/** The one style sheet of the pages: from 360 px, light and dark as the reader's system is. */
export const STYLE = `:root{color-scheme:light dark;--page:#fbfbfd;--card:#fff;--text:#1b1d24;--quiet:#545968;--line:#d9dce5;--accent:#3b48c4;--on-accent:#fff;--warn:#8f1d1d;--warn-page:#fdecec}
@media (prefers-color-scheme:dark){:root{--page:#14161c;--card:#1d2029;--text:#eceef4;--quiet:#aab0c0;--line:#353a48;--accent:#a9b4ff;--on-accent:#14161c;--warn:#ffb4b4;--warn-page:#3a1c1f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
.inner{max-width:72rem;margin:0 auto;padding:0 1rem}
header{border-bottom:1px solid var(--line);background:var(--card)}
header .inner{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;padding-top:.75rem;padding-bottom:.75rem}
header .home{font-weight:700;color:var(--text);text-decoration:none;font-size:1.1rem}
main.inner{padding-top:1.5rem;padding-bottom:2.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0}
a{color:var(--accent)}
a:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
form{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:0 0 1.25rem}
label{display:flex;flex-direction:column;gap:.25rem;font-size:.875rem;color:var(--quiet);flex:1 1 12rem}
input,select,button,.button{font:inherit;min-height:2.75rem;padding:.4rem .75rem;border:1px solid var(--quiet);border-radius:.5rem;background:var(--card);color:var(--text);width:100%}
button,.button{display:inline-flex;align-items:center;justify-content:center;width:auto;background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none;cursor:pointer}
.quiet{color:var(--quiet)}
.small{font-size:.875rem}
.cards{list-style:none;margin:0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}
.cards li{display:flex;flex-direction:column;gap:.5rem;padding:1rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card)}
.cards p{margin:0}
.cards .open{margin-top:auto;padding-top:.25rem}
.title{display:flex;gap:.75rem;align-items:center}
.icon{width:2.5rem;height:2.5rem;border-radius:.5rem;flex:none;object-fit:cover;background:var(--line)}
.large{width:4rem;height:4rem}
.tags{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;margin:.5rem 0;padding:0}
.tags li{border:1px solid var(--line);border-radius:1rem;padding:.1rem .65rem;font-size:.875rem;background:var(--card)}
.notice{border-left:4px solid var(--warn);background:var(--warn-page);color:var(--warn);padding:.6rem .9rem;border-radius:.25rem;margin:0 0 1rem}
.long{white-space:pre-wrap;max-width:70ch}
.shots{display:flex;flex-wrap:wrap;gap:1rem;padding:0;margin:.5rem 0;list-style:none}
.shots img{max-width:100%;width:22rem;height:auto;border:1px solid var(--line);border-radius:.5rem}
.facts{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.3rem 1rem;margin:0}
.facts dt{color:var(--quiet)}
.facts dd{margin:0}
.versions{list-style:none;padding:0;margin:0}
.versions>li{border-top:1px solid var(--line);padding:.6rem 0}
.pages{display:flex;justify-content:space-between;gap:1rem;margin-top:1.5rem}
label:first-child{flex-grow:2}
.title h1{margin:0}
.title p{margin:.25rem 0 0}
footer{border-top:1px solid var(--line);padding:1rem 0 2rem;color:var(--quiet);font-size:.875rem}
code{font-size:.9em}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
`;
