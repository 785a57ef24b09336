// Chat (FLOW-3): words as they arrive, over a connection that may come and go.

import { search } from './api.js';
import { announce, el, outward } from './dom.js';
import { kindName } from './search.js';
import { explain, failed } from './states.js';
import { Link } from './link.js';

export const TITLE = 'Chat';

const MESSAGE_MAX = 4000;
const IDEAS = ['What can I do this month?', 'What does my giving pay for?', 'What is new in research?'];

/** The chat of this tab; it goes on while the person looks at other views. */
let chat = null;

export function show(supporter) {
  if (chat?.userId !== supporter.userId) {
    close();
    chat = new Chat(supporter.userId);
  }
  requestAnimationFrame(() => chat?.toEnd());
  return chat.root;
}

/** Ends the chat and forgets what was said in it. */
export function close() {
  chat?.link.close();
  chat = null;
}

class Chat {
  #sent = 0; #pending = null; #conversation = null;

  constructor(userId) {
    this.userId = userId;
    this.#build();
    this.link = new Link(userId, (frame) => this.#hear(frame), (state) => this.#changed(state));
  }

  #build() {
    this.said = el('ol', { class: 'said', 'aria-label': 'Messages' });
    this.ideas = el('div', { class: 'ideas' },
      el('p', { class: 'lead' }, 'Ask about your giving, ways to help, or what research has found.'),
      IDEAS.map((idea) => el('button', { type: 'button', class: 'chip', onclick: () => this.#send(idea) }, idea)));
    this.scroll = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Conversation' }, this.ideas, this.said);
    this.note = el('p', { class: 'note', role: 'status' });
    this.input = el('textarea', { id: 'message', rows: 1, placeholder: 'Write a message', 'aria-describedby': 'message-help',
      oninput: () => this.#typed(),
      onkeydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#submit();
      } });
    this.button = el('button', { class: 'primary', 'aria-disabled': 'true' }, 'Send');
    this.help = el('p', { class: 'help', id: 'message-help' }, 'Enter sends; Shift and Enter begins a new line.');
    this.root = el('div', { class: 'view chat' },
      el('h1', { class: 'hidden' }, 'Chat with us'), this.scroll, this.note,
      el('form', { class: 'compose', onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
        el('label', { class: 'hidden', for: 'message' }, 'Your message'), this.input, this.button), this.help);
  }

  toEnd() { this.scroll.scrollTop = this.scroll.scrollHeight; }

  #typed() {
    const length = [...this.input.value.trim()].length;
    const left = MESSAGE_MAX - length;
    this.input.rows = Math.min(6, this.input.value.split('\n').length + Math.floor(this.input.value.length / 80));
    this.help.textContent = left < 0 ? `That is ${-left} characters too many; ${MESSAGE_MAX} go at a time.`
      : left < 500 ? `${left} characters left.` : 'Enter sends; Shift and Enter begins a new line.';
    this.#ready();
  }

  #ready() {
    const length = [...this.input.value.trim()].length;
    const ready = this.link?.state?.name === 'open' && !this.#pending && length > 0 && length <= MESSAGE_MAX;
    this.button.setAttribute('aria-disabled', String(!ready));
    return ready;
  }

  #submit() {
    if (!this.#ready()) {
      if (this.#pending) announce('Wait for the answer before you send the next message.');
      return;
    }
    const message = this.input.value.trim();
    this.input.value = '';
    this.#typed();
    this.#send(message);
  }

  #send(message) {
    const id = `m-${++this.#sent}`;
    const frame = { id, message, ...(this.#conversation && { conversationId: this.#conversation }) };
    if (this.#pending || this.link.state.name !== 'open' || !this.link.send(frame)) {
      this.input.value = message;
      this.#typed();
      return;
    }
    this.ideas.hidden = true;
    const text = document.createTextNode('');
    const words = el('p', { class: 'words' }, text);
    const answer = el('li', { class: 'ours', 'aria-busy': 'true' }, el('span', { class: 'hidden' }, 'We said: '), words,
      el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')));
    const question = el('li', { class: 'yours' }, el('span', { class: 'hidden' }, 'You said: '), el('p', { class: 'words' }, message));
    this.said.append(question, answer);
    this.#pending = { id, message, answer, words, text };
    announce('Sent.');
    this.#ready();
    this.toEnd();
  }

  #hear(frame) {
    const pending = this.#pending;
    // An error without an id is about what was sent last; late words of a lost message are nobody's.
    if (!pending || (frame.id ?? pending.id) !== pending.id) return;
    const atEnd = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80;
    if (frame.type === 'delta') pending.text.appendData(frame.text);
    if (frame.type === 'done') this.#done(frame, pending);
    if (frame.type === 'error') this.#refused(frame, pending);
    if (atEnd) this.toEnd();
  }

  #done({ reply, conversationId, recommendations }, { answer, text }) {
    text.data = reply;
    this.#conversation = conversationId;
    this.#settle(answer);
    announce(`We said: ${reply}`);
    if (recommendations?.length) answer.append(recommended(recommendations, this.userId));
  }

  #refused(frame, pending) {
    const { title, advice, again } = explain(frame);
    this.#settle(pending.answer);
    this.#regret(pending, `${title}. ${advice}`, again, frame.code);
    if (frame.code === 'session_expired') this.link.renew();
  }

  /** What became of a message that got no answer. Only the person sends it again. */
  #regret({ answer, message, text }, words, again, code) {
    answer.classList.add('lost');
    answer.setAttribute('data-problem', code);
    if (!text.data) answer.querySelector('.words').remove();
    const button = again && el('button', { type: 'button', onclick: () => {
      if (this.#pending || this.link.state.name !== 'open') return announce('Wait until we are connected.');
      button.remove();
      this.#send(message);
      this.input.focus();
    } }, 'Send it again');
    answer.append(el('p', { class: 'regret' }, words), ...(button ? [button] : []));
    announce(words);
    this.toEnd();
  }

  #settle(answer) {
    this.#pending = null;
    answer.removeAttribute('aria-busy');
    answer.querySelector('.dots')?.remove();
    this.#ready();
  }

  #changed(state) {
    if (!this.link) queueMicrotask(() => this.#ready());
    const lost = this.#pending;
    if (lost && state.name !== 'open') {
      this.#settle(lost.answer);
      this.#regret(lost, 'The connection was lost before the answer was whole. Your message may have reached us; it is not sent again by itself.', true, 'lost');
    }
    const again = this.note.dataset.state === 'waiting' || this.note.dataset.state === 'again';
    this.note.dataset.state = again && state.name === 'connecting' ? 'again' : state.name;
    this.root.querySelector('.problem')?.remove();
    if (state.name === 'refused') {
      this.note.textContent = 'Not connected.';
      this.note.before(failed(state.problem, () => this.link.connect()));
    } else if (state.name === 'waiting') {
      const why = state.problem.code === 'offline' ? 'You are offline' : 'The connection is lost';
      this.note.replaceChildren(`${why}. Trying again in ${state.seconds} s. `,
        el('button', { type: 'button', class: 'quiet', onclick: () => this.link.connect() }, 'Try now'));
    } else {
      this.note.textContent = { connecting: 'Connecting…', open: again ? 'Connected again.' : 'Connected.' }[state.name];
    }
    if (this.link) this.#ready();
  }
}

/** What the agent points to, each linked to where it is. */
function recommended(items, userId) {
  const entry = ({ id, kind, title }) => {
    const place = el('span', {}, title);
    address({ id, kind, title, userId }).then((url) => place.replaceChildren(outward(url, title)),
      () => place.replaceChildren(el('a', { href: `/search?q=${encodeURIComponent(title)}`, 'data-view': true }, title)));
    return el('li', {}, place, ' ', el('span', { class: 'soft' }, kindName(kind)));
  };
  return el('div', { class: 'recommended' }, el('p', {}, 'You may like to read'), el('ul', {}, items.map(entry)));
}

/** Where a recommended piece is; the frames name it, and search knows its address. */
async function address({ id, kind, title }) {
  const { results } = await search({ query: [...title].slice(0, 512).join(''), kind, limit: 10 });
  const found = results.find((result) => result.id === id);
  if (!found) throw new Error(`search does not know ${id}`);
  return found.url;
}
