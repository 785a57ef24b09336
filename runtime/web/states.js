// What the page shows while it waits, where there is nothing, and where something went wrong.

import { announce, el } from './dom.js';

/** By code: what happened, and what to do. `again` says that trying again can help. */
const PROBLEMS = {
  offline: ['You are offline', 'Check your connection. Then try again.', true],
  unreachable: ['We cannot be reached just now', 'Your connection works, but our service does not answer. Wait a minute, then try again.', true],
  timeout: ['That took too long', 'Our service did not answer in time. Try again.', true],
  not_configured: ['This page is not set up yet', 'It does not know where our services are. Please tell the team that runs it; then load the page again.', true],
  invalid_api_key: ['This page has lost its access', 'Its key is no longer accepted. You did nothing wrong. Please tell the team that runs the page; when it is mended, try again.', true],
  user_not_found: ['We do not know this supporter number', 'Look at the number in one of our letters or emails, sign out, and enter it again.', false],
  rate_limited: ['Many people are here right now', 'Wait a moment, then try again.', true],
  quota_exceeded: ['We have answered all we can today', 'Our service takes a certain number of requests a day. Please come back tomorrow.', false],
  model_throttled: ['The assistant is busy', 'Wait a few seconds, then try again.', true],
  model_timeout: ['The assistant took too long', 'Try again, or ask for less at a time.', true],
  busy: ['One answer at a time', 'The answer before is still on its way. Wait for it, then send this again.', true],
  session_expired: ['The chat had been quiet for long', 'It is open again now. Send your message once more.', true],
  invalid_message: ['This message cannot be sent as it is', 'Change it, then send it again.', false],
  invalid_request: ['We could not read that', 'Change what you entered, then try again.', false],
  internal: ['Something went wrong on our side', 'Try again in a minute. If it stays so, please tell us.', true],
};

/** Title, advice, and whether to try again. */
export function explain(problem) {
  const [title, advice, again] = PROBLEMS[problem.code] ?? PROBLEMS.internal;
  const wait = problem.retryAfter ? ` You can try again in about ${problem.retryAfter} seconds.` : '';
  return { title, advice: advice + wait, again };
}

/** Says what went wrong and offers what helps. `retry` is called where the person tries again. */
export function failed(problem, retry) {
  if (!problem.code) console.error(problem);
  const { title, advice, again } = explain(problem);
  announce(`${title}. ${advice}`);
  // A view that could not be read has no other heading.
  const heading = document.querySelector('main h1') ? 'h2' : 'h1';
  return el('section', { class: 'panel problem', 'data-problem': problem.code ?? 'internal' },
    el(heading, {}, title),
    el('p', {}, advice),
    again && retry && el('button', { type: 'button', onclick: retry }, 'Try again'));
}

/** Says that there is nothing, and what to do instead. */
export const empty = (title, advice, ...more) =>
  el('section', { class: 'panel empty' }, el('h2', {}, title), el('p', {}, advice), ...more);

/** Grey shapes of what is to come. */
export function loading(what, shapes) {
  announce(`Loading ${what}.`);
  return el('div', { class: 'loading', 'aria-hidden': 'true' },
    shapes.map((shape) => el('div', { class: `shape ${shape}` })));
}

/** Shows in `place` what comes of `work`: shapes, then `show(result)` or what went wrong. */
export async function settle(place, what, shapes, work, show) {
  place.replaceChildren(loading(what, shapes));
  try {
    place.replaceChildren(...[show(await work())].flat());
    announce(`${what[0].toUpperCase()}${what.slice(1)} loaded.`);
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    place.replaceChildren(failed(problem, () => settle(place, what, shapes, work, show)));
  }
}
