// Search over articles and research papers (FLOW-2's reading side): kinds, topics, highlights.

import { search } from './api.js';
import { announce, el, outward } from './dom.js';
import { number, plural, sentence } from './format.js';
import { empty, settle } from './states.js';

export const TITLE = 'Search';

const KINDS = [['', 'Everything'], ['article', 'Articles'], ['paper', 'Research']];
const QUERY_MAX = 512;
const [SHOWN, MOST] = [10, 50];

/** What the API calls a kind, in people's words. */
export const kindName = (kind) => ({ article: 'Article', paper: 'Research paper' })[kind] ?? sentence(kind);

export function show(supporter, go) {
  const asked = new URLSearchParams(location.search);
  const wanted = { query: asked.get('q') ?? '', kind: asked.get('kind') ?? '' };
  const results = el('div', { class: 'results' });
  const input = el('input', { type: 'search', id: 'query', name: 'q', value: wanted.query, autocomplete: 'off', enterkeyhint: 'search' });
  const kinds = KINDS.map(([kind, text]) => el('label', { class: 'choice' },
    el('input', { type: 'radio', name: 'kind', value: kind, checked: kind === wanted.kind, onchange: () => wanted.query && ask() }), el('span', {}, text)));
  const form = el('form', { class: 'search', role: 'search', onsubmit: (event) => { event.preventDefault(); ask(); } },
    el('label', { class: 'hidden', for: 'query' }, 'Search articles and research'),
    el('div', { class: 'search-line' }, input, el('button', { class: 'primary' }, 'Search')),
    el('fieldset', { class: 'choices' }, el('legend', { class: 'hidden' }, 'Kind'), kinds));
  function ask(query = input.value) {
    const line = new URLSearchParams({ q: query.trim() });
    const kind = form.elements.kind.value;
    if (kind) line.set('kind', kind);
    go(`/search?${line}`);
  }
  find(results, supporter, wanted, ask);
  return el('div', { class: 'view' },
    el('section', { class: 'hero' }, el('p', { class: 'eyebrow' }, 'Articles and research'), el('h1', {}, 'What would you like to know?')),
    form, results);
}

function find(place, supporter, { query, kind }, ask, limit = SHOWN) {
  if (!query.trim()) {
    const ideas = ['screening', 'moving more', 'leaving a gift in your will', 'clinical trials'];
    place.replaceChildren(empty('Search in your own words', 'A few letters are enough. You could begin with one of these.',
      el('p', { class: 'actions' }, ideas.map((idea) => el('button', { type: 'button', class: 'chip', onclick: () => ask(idea) }, sentence(idea))))));
    return;
  }
  if ([...query].length > QUERY_MAX) {
    place.replaceChildren(empty('That is more than we can search for', `Use ${QUERY_MAX} characters at most.`));
    return;
  }
  const request = { query, userId: supporter.userId, limit, ...(kind && { kind }) };
  const more = () => find(place, supporter, { query, kind }, ask, MOST);
  settle(place, 'results', ['line', 'row', 'row', 'row'], () => search(request), (found) => view(found, query, ask, more));
}

function view({ results, total, facets }, query, ask, more) {
  if (!total) {
    return empty(`Nothing for “${query}”`, 'Try fewer or other words, or look at everything instead of one kind. You can also ask us in the chat.',
      el('a', { class: 'button', href: '/chat', 'data-view': true }, 'Ask in the chat'));
  }
  // Told after "Results loaded".
  queueMicrotask(() => announce(`${plural(total, 'result')} for ${query}.`));
  return [
    el('h2', { class: 'count' }, `${plural(total, 'result')}`, results.length < total ? `, the best ${results.length} first` : ''),
    topics(facets.topic, query, ask),
    el('ol', { class: 'found' }, results.map(result)),
    results.length < total && results.length < MOST && el('button', { type: 'button', onclick: more }, 'Show more'),
  ];
}

function topics(counts, query, ask) {
  const known = Object.entries(counts).filter(([topic]) => !query.toLowerCase().includes(topic))
    .sort(([, one], [, other]) => other - one).slice(0, 6);
  if (!known.length) return null;
  const chip = ([topic, count]) => el('button', { type: 'button', class: 'chip', onclick: () => ask(`${query} ${topic}`) },
    el('span', { class: 'hidden' }, 'Add to the search: '), sentence(topic), ' ', el('span', { class: 'soft' }, number(count)));
  return el('div', { class: 'topics', role: 'group', 'aria-label': 'Topics of these results' }, known.map(chip));
}

const result = ({ kind, title, summary, highlights, url, personalised }) => el('li', {},
  el('p', { class: 'labels' }, el('span', { class: `label ${kind}` }, kindName(kind)), personalised && el('span', { class: 'label you' }, 'For you')),
  el('h3', {}, outward(url, title)),
  el('p', {}, marked(summary, highlights)));

/** The text with its highlights marked. Their offsets count Unicode scalar values, not UTF-16 units. */
export function marked(text, highlights) {
  const letters = [...text];
  const part = (from, to) => letters.slice(from, to).join('');
  let at = 0;
  const parts = highlights.flatMap(([from, to]) => {
    const before = part(at, from);
    at = to;
    return [before, el('mark', {}, part(from, to))];
  });
  return [...parts, part(at)];
}
