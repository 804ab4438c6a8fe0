"""Style and script of a picture's page, beside what neo4j-viz brings."""

from __future__ import annotations

STYLE = """
:root { --paper: #f5f7f6; --ink: #1c2423; --quiet: #4d5756; --line: #c9d0cf; --tip: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #151a19; --ink: #eef1f0; --quiet: #b4bdbb; --line: #3c4544; --tip: #232a29; }
}
html, body { height: 100%; }
body { display: flex; flex-direction: column; margin: 0; background: var(--paper);
  color: var(--ink); font: 14px/1.4 system-ui, sans-serif; }
header { padding: 10px 16px 8px; border-bottom: 1px solid var(--line); max-height: 45vh;
  overflow-y: auto; flex: none; }
h1 { font-size: 17px; margin: 0; overflow-wrap: anywhere; }
header p { margin: 2px 0; color: var(--quiet); max-width: 110ch; overflow-wrap: anywhere; }
header ul { list-style: none; margin: 6px 0 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: 2px 16px; }
header li { display: flex; align-items: center; gap: 6px; }
.dot { width: 12px; height: 12px; border-radius: 50%; border: 1px solid #0006; flex: none; }
main { flex: 1; min-height: 240px; position: relative; }
#tip { position: fixed; z-index: 20; display: none; max-width: min(420px, 80vw); padding: 8px 10px;
  background: var(--tip); color: var(--ink); border: 1px solid var(--line); border-radius: 6px;
  box-shadow: 0 2px 10px #0004; pointer-events: none; overflow-wrap: anywhere; }
#tip strong { display: block; unicode-bidi: isolate; }
#tip span { display: block; color: var(--quiet); font-size: 13px; unicode-bidi: isolate; }
#failed { display: none; padding: 16px; }
"""

#: neo4j-viz calls `citemeshHover` with the element under the pointer, if any. All that a record
#: says goes into the page as text (`textContent`).
SCRIPT = """
(() => {
  const data = JSON.parse(document.getElementById("neo4j-viz-data").textContent);
  const known = new Map([...data.nodes, ...data.relationships].map(e => [e.id, e.properties]));
  const tip = document.getElementById("tip");
  const add = (name, text) => {
    const line = document.createElement(name);
    line.dir = "auto";
    line.textContent = text;
    tip.append(line);
  };
  const place = event => {
    const box = tip.getBoundingClientRect();
    const right = event.clientX + 14 + box.width < innerWidth;
    const x = right ? event.clientX + 14 : event.clientX - 14 - box.width;
    const below = event.clientY + 14 + box.height < innerHeight;
    const y = below ? event.clientY + 14 : event.clientY - 14 - box.height;
    tip.style.left = `${Math.max(4, x)}px`;
    tip.style.top = `${Math.max(4, y)}px`;
  };
  globalThis.citemeshHover = (element, hits, event) => {
    const facts = element && known.get(element.id);
    tip.style.display = facts ? "block" : "none";
    if (!facts) return;
    tip.replaceChildren();
    for (const [name, value] of Object.entries(facts)) {
      if (name === "title") add("strong", value);
      else add("span", `${name}: ${value}`);
    }
    place(event);
  };
  document.addEventListener("pointerleave", () => { tip.style.display = "none"; });
  let touched = false;
  for (const kind of ["pointerdown", "wheel", "keydown"]) {
    addEventListener(kind, () => { touched = true; }, { capture: true, passive: true });
  }
  // neo4j-viz fits the picture into the window once, and its layout goes on growing after that.
  const fit = () => {
    if (!touched) document.querySelector('main [aria-label="Zoom to fit"]')?.click();
  };
  addEventListener("load", () => {
    for (const seconds of [1, 2, 3, 5, 8]) setTimeout(fit, 1000 * seconds);
    setTimeout(() => {
      if (document.querySelector("main canvas")) return;
      document.getElementById("failed").style.display = "block";
    }, 4000);
  });
  addEventListener("resize", fit);
})();
"""
