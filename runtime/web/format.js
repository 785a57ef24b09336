// Numbers, money and dates, in words that people read.

const LOCALE = 'en-GB';
const formats = new Map();

function format(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new kind(LOCALE, options));
  return formats.get(key);
}

/** `amount` in minor units (pence): `£9.00`. */
export function money(amount, currency) {
  const style = format(Intl.NumberFormat, { style: 'currency', currency });
  return style.format(amount / 10 ** style.resolvedOptions().maximumFractionDigits);
}

/** The same where it stands on an axis: `£1.2k`. */
export function shortMoney(amount, currency) {
  const { maximumFractionDigits: digits } =
    format(Intl.NumberFormat, { style: 'currency', currency }).resolvedOptions();
  const options = { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1, minimumFractionDigits: 0 };
  return format(Intl.NumberFormat, options).format(amount / 10 ** digits);
}

export const number = (value) => format(Intl.NumberFormat, {}).format(value);

/** `23 November 2026`; the dates of the platform are UTC. */
export const date = (iso) => day(iso, { dateStyle: 'long' });

/** `23 Nov 2026` */
export const shortDate = (iso) => day(iso, { dateStyle: 'medium' });

/** `Nov 2026`, of `2026-11` */
export const month = (key) => day(`${key}-01T00:00:00Z`, { month: 'short', year: 'numeric' });

/** `Nov` */
export const monthName = (key) => day(`${key}-01T00:00:00Z`, { month: 'short' });

function day(iso, options) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : format(Intl.DateTimeFormat, { ...options, timeZone: 'UTC' }).format(at);
}

/** `1 gift`, `2 gifts` */
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** `race-for-research-2025` as a title. */
export const title = (slug) => sentence(String(slug).replaceAll(/[-_]+/g, ' ').trim());

/** With a capital letter first. */
export const sentence = (text) => {
  const [first = '', ...rest] = text;
  return first.toLocaleUpperCase(LOCALE) + rest.join('');
};

/** `en-GB` in words. */
export function language(tag) {
  try { return new Intl.DisplayNames(LOCALE, { type: 'language' }).of(tag); } catch { return tag; }
}
