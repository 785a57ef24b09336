// Giving history: sums, a picture by month that can also be read as a table, and every gift.

import { el, svg } from './dom.js';
import { date, money, month, monthName, number, plural, shortDate, shortMoney, title } from './format.js';
import { empty, settle } from './states.js';

export const TITLE = 'Your giving';

const MONTHS = 12;

export function show(supporter) {
  const place = el('div', { class: 'view' });
  settle(place, 'your giving', ['hero', 'chart', 'row', 'row', 'row'], () => supporter.profile(), view);
  return place;
}

function view({ donations, donationSummary: summary }) {
  const heading = el('section', { class: 'hero' }, el('p', { class: 'eyebrow' }, 'Your giving'),
    el('h1', {}, summary.count ? 'What you have made possible' : 'Your giving'));
  if (!summary.count) {
    return [heading, empty('No gifts yet', 'When you give, every gift is listed here. Would you like to know where donations go?',
      el('a', { class: 'button primary', href: '/search?q=where+your+donation+goes', 'data-view': true }, 'Find out'))];
  }
  return [heading, sums(summary), ...currencies(donations).map((code) => picture(donations, code, summary.count)), gifts(donations, summary.count)];
}

function sums({ count, total, lastDonatedAt }) {
  const figure = (name, value) => el('div', { class: 'figure' }, el('dd', {}, value), el('dt', {}, name));
  return el('dl', { class: 'figures wide' },
    Object.entries(total).map(([currency, amount]) => figure('given in all', money(amount, currency))),
    figure(count === 1 ? 'gift' : 'gifts', number(count)),
    lastDonatedAt && figure('most recent gift', shortDate(lastDonatedAt)));
}

const currencies = (donations) => [...new Set(donations.map((gift) => gift.currency))];

/** The twelve months up to the newest gift, with what was given in each. */
export function byMonth(donations, currency) {
  const given = new Map();
  for (const gift of donations.filter((gift) => gift.currency === currency)) {
    const key = gift.donatedAt.slice(0, 7);
    const sum = given.get(key) ?? { amount: 0, count: 0 };
    given.set(key, { amount: sum.amount + gift.amount, count: sum.count + 1 });
  }
  const newest = [...given.keys()].sort().at(-1);
  const [year, last] = newest.split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, index) => {
    const key = new Date(Date.UTC(year, last - MONTHS + index, 1)).toISOString().slice(0, 7);
    return { key, ...(given.get(key) ?? { amount: 0, count: 0 }) };
  });
}

function picture(donations, currency, count) {
  const months = byMonth(donations, currency);
  const [from, to] = [months[0].key, months.at(-1).key].map(month);
  const id = `by-month-${currency}`;
  return el('section', { class: 'card', 'aria-labelledby': id },
    el('h2', { id }, `${from} to ${to}`, currency === 'GBP' ? '' : ` in ${currency}`),
    count > donations.length && el('p', { class: 'soft' }, `Of your newest ${donations.length} gifts.`),
    bars(months, currency, id),
    el('details', {}, el('summary', {}, 'Read it as a table'), table(['Month', 'Gifts', 'Given'],
      months.map(({ key, amount, count }) => [month(key), number(count), money(amount, currency)]), 'Giving by month')));
}

const [WIDTH, HEIGHT, LEFT, BASE, TOP] = [640, 220, 62, 188, 14];

function bars(months, currency, id) {
  const highest = Math.max(...months.map(({ amount }) => amount), 1);
  const scale = nice(highest);
  const y = (amount) => BASE - (amount / scale) * (BASE - TOP);
  const step = (WIDTH - LEFT) / months.length;
  const lines = [0, scale / 2, scale].map((amount) => svg('g', {},
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y(amount), y2: y(amount) }),
    svg('text', { class: 'axis', x: LEFT - 8, y: y(amount) + 4, 'text-anchor': 'end' }, shortMoney(amount, currency))));
  const columns = months.map(({ key, amount }, index) => {
    const x = LEFT + index * step;
    const height = BASE - y(amount);
    return svg('g', { class: index % 2 ? null : 'between' },
      amount > 0 && svg('rect', { class: 'bar', x: x + step * .16, y: BASE - Math.max(height, 2), width: step * .68, height: Math.max(height, 2), rx: 4 },
        svg('title', {}, `${month(key)}: ${money(amount, currency)}`)),
      svg('text', { class: 'axis', x: x + step / 2, y: BASE + 24, 'text-anchor': 'middle' }, monthName(key)));
  });
  const best = months.find(({ amount }) => amount === highest);
  const words = `Bar chart. The most was ${money(highest, currency)}, in ${best ? month(best.key) : ''}. The figures are in the table below.`;
  return svg('svg', { class: 'bars', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-labelledby': id, 'aria-describedby': `${id}-words` },
    svg('desc', { id: `${id}-words` }, words), ...lines, ...columns);
}

/** The next round number up: 1, 2 or 5 with zeros. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * power).find((round) => round >= value);
}

const table = (heads, rows, caption) => el('table', {},
  el('caption', { class: 'hidden' }, caption),
  el('thead', {}, el('tr', {}, heads.map((head) => el('th', { scope: 'col' }, head)))),
  el('tbody', {}, rows.map(([first, ...cells]) => el('tr', {}, el('th', { scope: 'row' }, first), cells.map((cell) => el('td', {}, cell))))));

function gifts(donations, count) {
  const gift = ({ amount, currency, donatedAt, campaign, recurring }) => el('li', {},
    el('div', {}, el('p', { class: 'gift-for' }, campaign ? title(campaign) : recurring ? 'Regular gift' : 'Where it is needed most'),
      el('p', { class: 'soft' }, el('time', { datetime: donatedAt }, date(donatedAt)), recurring && campaign ? ' · regular gift' : '')),
    el('p', { class: 'gift-sum' }, money(amount, currency)));
  return el('section', { class: 'card', 'aria-labelledby': 'gifts' }, el('h2', { id: 'gifts' }, 'Every gift'),
    count > donations.length && el('p', { class: 'soft' }, `The newest ${donations.length} of ${plural(count, 'gift')}.`),
    el('ol', { class: 'gifts' }, donations.map(gift)));
}
