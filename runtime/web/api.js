// The REST API: one call, and every way in which it can fail, with what a person does about it.

import { credentials } from './session.js';

const PATIENCE_MS = 35_000;

let config;

/** Where the APIs are: written beside the page when it is deployed. */
export async function configure() {
  if (config) return config;
  const answer = await reach('/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Problem('not_configured');
  config = await answer.json().catch(() => { throw new Problem('not_configured'); });
  return config;
}

/** Why something could not be done. `code` is the contract's, or one of the page's own. */
export class Problem extends Error {
  constructor(code, { retryAfter = null, message = '' } = {}) {
    super(message || code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export const profile = (userId) => call(`/profile?userId=${encodeURIComponent(userId)}`);

export const search = (request, signal) =>
  call('/search', { method: 'POST', body: JSON.stringify(request), signal });

async function call(path, { signal, ...options } = {}) {
  const { restApiUrl } = await configure();
  const headers = credentials(config);
  if (options.body) headers['content-type'] = 'application/json';
  const limits = [AbortSignal.timeout(PATIENCE_MS), signal].filter(Boolean);
  const answer = await reach(restApiUrl + path, { ...options, headers, signal: AbortSignal.any(limits), referrerPolicy: 'no-referrer' });
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  throw new Problem(body?.error?.code ?? 'internal', {
    retryAfter: Number(answer.headers.get('retry-after')) || null,
    message: body?.error?.message,
  });
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === 'TimeoutError') throw new Problem('timeout');
    if (error.name === 'AbortError') throw error;
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline');
  }
}
