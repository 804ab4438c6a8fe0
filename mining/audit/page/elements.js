// Elements. Text from records only ever becomes a text node.
const byId = id => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child != null && child !== false));
  return element;
}

const make = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

const draw = (name, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

const count = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

const VERDICTS = {
  reject: { word: "Reject", sign: "■" },
  likely_false_negative: { word: "Likely false negative", sign: "▲" },
  ambiguous: { word: "Ambiguous", sign: "◆" },
  clean: { word: "Clean", sign: "●" },
};
const LABELS = {
  relevant: { word: "Relevant", sign: "✓" },
  not_relevant: { word: "Not relevant", sign: "✗" },
  unsure: { word: "Unsure", sign: "?" },
};
