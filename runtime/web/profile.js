// The supporter: who they are, what they chose, how they take part (FLOW-1).

import { el } from './dom.js';
import { date, language, money, number, plural, sentence, title } from './format.js';
import { settle } from './states.js';

export const TITLE = 'Your profile';

const SHAPES = ['hero', 'card', 'card', 'card', 'card'];

export function show(supporter) {
  const place = el('div', { class: 'view' });
  settle(place, 'your profile', SHAPES, () => supporter.profile(), view);
  return place;
}

function view({ profile, donationSummary, context }) {
  const [first] = (profile.name ?? '').split(' ');
  return [
    el('section', { class: 'hero' },
      el('p', { class: 'eyebrow' }, 'Your page'),
      el('h1', {}, first ? `Hello, ${first}` : 'Hello'),
      el('p', { class: 'lead' }, thanks(donationSummary)),
      el('p', { class: 'actions' },
        go('/giving', 'See your giving', 'primary'), go('/chat', 'Ask us something'))),
    el('div', { class: 'cards' },
      engagement(profile.engagement), preferences(profile.preferences), about(profile), understood(context)),
  ];
}

const go = (href, text, kind = '') => el('a', { class: `button ${kind}`, href, 'data-view': true }, text);

function thanks({ count, total }) {
  const sums = Object.entries(total).map(([currency, amount]) => money(amount, currency));
  if (!count) return 'It is good to have you with us. Here is all that we know about you.';
  return `Thank you. Your ${plural(count, 'gift')} come to ${sums.join(' and ')}, and every one of them counts.`
    .replace('1 gift come', '1 gift comes');
}

const card = (heading, ...content) =>
  el('section', { class: 'card' }, el('h2', {}, heading), ...content);

const facts = (rows) => el('dl', { class: 'facts' },
  rows.filter(([, value]) => value).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));

const chips = (words) => el('ul', { class: 'chips' }, words.map((word) => el('li', {}, word)));

function engagement({ eventsAttended, emailsOpened, lastSeenAt, segments }) {
  const figure = (value, name) => el('div', { class: 'figure' }, el('dd', {}, number(value ?? 0)), el('dt', {}, name));
  return card('How you take part',
    el('dl', { class: 'figures' },
      figure(eventsAttended, eventsAttended === 1 ? 'event attended' : 'events attended'),
      figure(emailsOpened, emailsOpened === 1 ? 'email read' : 'emails read')),
    segments?.length ? chips(segments.map(title)) : null,
    lastSeenAt && el('p', { class: 'soft' }, `Last seen on ${date(lastSeenAt)}`));
}

function preferences({ topics, channel, language: tag }) {
  return card('What you asked us for',
    topics?.length
      ? [el('p', { class: 'soft' }, 'You like to hear about'), chips(topics.map(sentence))]
      : el('p', {}, 'You have not chosen any topics yet. Tell us in the chat what matters to you.'),
    facts([['We write to you by', channel && sentence(channel)], ['Language', tag && language(tag)]]));
}

const about = (profile) => card('About you', facts([
  ['Name', profile.name], ['Email', profile.email],
  ['Supporter since', profile.joinedAt && date(profile.joinedAt)], ['Supporter number', profile.userId],
]));

function understood(context) {
  if (!context) {
    return card('What we have learnt', el('p', {}, 'Nothing yet. When you chat with us, we remember what matters to you, and show it here.'));
  }
  return card('What we have learnt',
    el('p', {}, context.summary),
    context.interests?.length ? chips(context.interests.map(sentence)) : null,
    context.updatedAt && el('p', { class: 'soft' }, `Updated on ${date(context.updatedAt)}`));
}
