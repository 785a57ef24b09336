// Elements, made from values. Text goes in as text, never as markup: whatever a table, a model or
// a search result holds, it is shown as it is written.

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element: `el('p', { class: 'lead' }, 'Hello ', el('b', {}, name))`. */
export const el = (name, attributes, ...children) =>
  fill(document.createElement(name), attributes, children);

/** An SVG element. */
export const svg = (name, attributes, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** Tells people who listen to the page. */
export function announce(text) {
  document.getElementById('status').textContent = text;
}

/** A link out of the page; what is no web address becomes plain text. */
export function outward(url, text) {
  let address = null;
  try { address = new URL(url); } catch { /* not an address */ }
  if (!/^https?:$/.test(address?.protocol)) return el('span', {}, text);
  return el('a', { href: address.href, target: '_blank', rel: 'noopener noreferrer' }, text,
    el('span', { class: 'hidden' }, ' (opens in a new tab)'));
}
