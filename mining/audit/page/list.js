// The list of negatives: only the rows in view are in the page, however many there are.
const AROUND = 5;

function openList(frame, rows, drawRow, choose) {
  const step = 4 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  let view = [], at = -1, asked = 0;

  function row(index) {
    const made = make("div", {
      id: `row-${index}`, class: "row", role: "option", "data-index": index,
      "aria-selected": String(index === at), "aria-setsize": view.length, "aria-posinset": index + 1,
    }, drawRow(view[index]));
    made.style.top = `${index * step}px`;
    return made;
  }

  function paint() {
    const first = Math.max(0, Math.floor(frame.scrollTop / step) - AROUND);
    const last = Math.min(view.length, Math.ceil((frame.scrollTop + frame.clientHeight) / step) + AROUND);
    const shown = [];
    for (let index = first; index < last; index += 1) shown.push(row(index));
    // What is selected stays in the page: screen readers are told of it by its id.
    if (at >= 0 && (at < first || at >= last)) shown.push(row(at));
    rows.style.height = `${view.length * step}px`;
    rows.replaceChildren(...shown);
    if (at >= 0) frame.setAttribute("aria-activedescendant", `row-${at}`);
    else frame.removeAttribute("aria-activedescendant");
  }

  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(paint);
  };
  frame.addEventListener("scroll", soon);
  addEventListener("resize", soon);
  rows.addEventListener("click", event => {
    const hit = event.target.closest("[data-index]");
    if (hit) choose(Number(hit.dataset.index));
  });
  return {
    paint,
    show(items, index) {
      view = items;
      at = index;
      const top = at * step, bottom = top + step;
      rows.style.height = `${view.length * step}px`;
      if (top < frame.scrollTop) frame.scrollTop = top;
      else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
      paint();
    },
    pageSize: () => Math.max(1, Math.floor(frame.clientHeight / step) - 1),
  };
}
