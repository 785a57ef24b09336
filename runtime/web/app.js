// The page: who is here, which view is shown, and going from one to the other.

import { configure, profile } from './api.js';
import { announce, el, svg } from './dom.js';
import { failed } from './states.js';
import * as session from './session.js';
import * as profileView from './profile.js';
import * as givingView from './giving.js';
import * as searchView from './search.js';
import * as chatView from './chat.js';

const NAME = 'Together';
const VIEWS = { '/': profileView, '/giving': givingView, '/search': searchView, '/chat': chatView };

const main = document.getElementById('main');
const byId = (id) => document.getElementById(id);

/** What the views share: the supporter, and their profile, read once. */
let supporter = null;

function enter(userId) {
  supporter = {
    userId,
    read: null,
    profile() {
      this.read ??= profile(userId).catch((problem) => {
        this.read = null;
        throw problem;
      });
      return this.read;
    },
  };
  supporter.profile().then(({ profile }) => name(profile.name), () => name(''));
}

function name(text) {
  byId('who-name').textContent = text ?? '';
}

/** Shows the view of the address. `moved`: the person went there, so the focus goes too. */
function show(moved) {
  const view = VIEWS[location.pathname.replace(/(.)\/$/, '$1')];
  for (const id of ['nav', 'who']) byId(id).hidden = !supporter;
  for (const link of document.querySelectorAll('nav a')) {
    if (new URL(link.href).pathname === location.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const heading = supporter ? view?.TITLE ?? 'Not found' : 'Welcome';
  document.title = `${heading} · ${NAME}`;
  const content = !supporter ? door() : view ? view.show(supporter, go) : lost();
  main.replaceChildren(content);
  if (moved) {
    scrollTo(0, 0);
    const title = main.querySelector('h1') ?? main;
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
}

/** Goes to a path of the page. */
function go(path) {
  history.pushState(null, '', path);
  show(true);
}

const lost = () => el('section', { class: 'panel empty' },
  el('h1', {}, 'There is nothing here'),
  el('p', {}, 'The address may be old. '), el('a', { href: '/', 'data-view': true }, 'Go to your profile'));

/** The sign-in, as far as there is one: see session.js. */
function door() {
  const problem = el('p', { class: 'wrong', id: 'wrong', hidden: true },
    'That is no supporter number. It begins with a letter or a digit and has no spaces, like user-000001.');
  const input = el('input', { id: 'supporter', name: 'supporter', autocomplete: 'username', autocapitalize: 'none',
    spellcheck: 'false', required: true, maxlength: 128, 'aria-describedby': 'supporter-help wrong' });
  const submit = (event) => {
    event.preventDefault();
    const id = input.value.trim();
    problem.hidden = session.isId(id);
    input.setAttribute('aria-invalid', String(!session.isId(id)));
    if (!session.isId(id)) {
      announce(problem.textContent);
      return input.focus();
    }
    session.signIn(id);
    enter(id);
    show(true);
  };
  const half = (name, d) => svg('path', { class: name, d });
  return el('div', { class: 'door' },
    svg('svg', { class: 'heart', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
      half('mark-a', 'M16 28C7 21.500 3 16.500 3 11.200 3 7.200 6 4.500 9.500 4.500c2.700 0 5 1.500 6.500 4z'),
      half('mark-b', 'M16 28c9-6.500 13-11.500 13-16.800 0-4-3-6.700-6.500-6.700-2.700 0-5 1.500-6.500 4z')),
    el('div', { class: 'door-words' },
      el('p', { class: 'eyebrow' }, 'For everyone who supports us'),
      el('h1', {}, 'You make this possible.'),
      el('p', { class: 'lead' }, 'See what you have given and what it adds up to, find articles and research that matter to you, and ask us anything.')),
    el('form', { class: 'card door-form', novalidate: true, onsubmit: submit },
      el('label', { for: 'supporter' }, 'Your supporter number'),
      el('p', { class: 'help', id: 'supporter-help' }, 'It is in our letters and emails to you, for example user-000001.'),
      input, problem,
      el('button', { class: 'primary' }, 'Go to my page')));
}

function leave() {
  session.signOut();
  chatView.close();
  supporter = null;
  name('');
  history.replaceState(null, '', '/');
  show(true);
  announce('You are signed out.');
}

function listen() {
  byId('leave').addEventListener('click', leave);
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-view]');
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.getAttribute('href'));
  });
  addEventListener('popstate', () => show(true));
  const online = () => { byId('offline').hidden = navigator.onLine; };
  addEventListener('online', online);
  addEventListener('offline', online);
  online();
}

async function start() {
  listen();
  const userId = session.current();
  if (userId) enter(userId);
  show(false);
  try {
    await configure();
  } catch (problem) {
    if (!supporter) main.prepend(failed(problem, () => location.reload()));
  }
}

start();
