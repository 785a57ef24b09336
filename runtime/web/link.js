// One WebSocket that stays: opened again with back-off when it is lost, kept awake with pings.
// It never sends anything twice.

import { configure, Problem, profile } from './api.js';
import { socketCredentials } from './session.js';

const PING_MS = 4 * 60_000; // API Gateway ends a connection that is idle for 10 minutes
const PONG_MS = 30_000;
const ANSWER_MS = 70_000; // the function's own end, and some
const [FIRST_MS, LONGEST_MS] = [500, 20_000];

/** The wait before the next try: half of a doubling time, and up to the whole of it. */
export const backoff = (tries, random = Math.random()) => {
  const longest = Math.min(FIRST_MS * 2 ** tries, LONGEST_MS);
  return (longest / 2) * (1 + random);
};

/**
 * `heard(frame)` for each frame of the contract; `changed(state)` with
 * `{ name: 'connecting' | 'open' | 'waiting' | 'refused', seconds?, problem? }`.
 */
export class Link {
  #socket; #timer; #due; #tries = 0; #turn = 0; #opened = false; #closed = false;

  constructor(userId, heard, changed) {
    Object.assign(this, { userId, heard, changed });
    this.wake = () => { if (this.state?.name === 'waiting') this.connect(); };
    addEventListener('online', this.wake);
    this.connect();
  }

  /** Opens a connection now. */
  async connect() {
    clearTimeout(this.#timer);
    this.#drop();
    this.#change({ name: 'connecting' });
    const turn = ++this.#turn;
    let config;
    try { config = await configure(); } catch (problem) { return this.#wait(problem); }
    if (this.#closed || turn !== this.#turn) return;
    const url = new URL(config.webSocketUrl);
    url.search = new URLSearchParams(socketCredentials(config, this.userId));
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#opened = false;
    socket.onopen = () => {
      this.#opened = true;
      this.#tries = 0;
      this.#change({ name: 'open' });
      this.#rest();
    };
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.#lost();
  }

  /** Sends a message, once; whether it went out. An answer is awaited from now on. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    this.#expect(ANSWER_MS);
    return true;
  }

  /** Opens another connection: this one's session is over. */
  renew() { this.connect(); }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.wake);
    this.#drop();
  }

  #hear(data) {
    let frame = null;
    try { frame = JSON.parse(data); } catch { /* not of the contract */ }
    if (!frame?.type) return;
    if (frame.type === 'pong' || frame.type === 'done' || frame.type === 'error') this.#rest();
    this.heard(frame);
  }

  /** Nothing is awaited: the next thing due is a ping. */
  #rest() {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      this.#socket.send('{"type":"ping"}');
      this.#expect(PONG_MS);
    }, PING_MS);
  }

  #expect(within) {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.#lost(), within);
  }

  #drop() {
    clearTimeout(this.#due);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  /** A browser does not say why a handshake was refused: the REST API does. */
  async #lost() {
    const [refused, turn] = [!this.#opened, this.#turn];
    this.#drop();
    let problem = new Problem(navigator.onLine ? 'unreachable' : 'offline');
    if (refused) await profile(this.userId).catch((cause) => { problem = cause; });
    if (!this.#closed && turn === this.#turn) this.#wait(problem);
  }

  #wait(problem) {
    if (['invalid_api_key', 'user_not_found', 'quota_exceeded'].includes(problem.code)) {
      return this.#change({ name: 'refused', problem });
    }
    const pause = backoff(this.#tries++);
    this.#change({ name: 'waiting', seconds: Math.max(1, Math.round(pause / 1000)), problem });
    this.#timer = setTimeout(() => this.connect(), pause);
  }

  #change(state) {
    this.state = state;
    this.changed(state);
  }
}
