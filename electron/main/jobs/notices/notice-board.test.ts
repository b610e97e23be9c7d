import { expect, it } from 'vitest';
import type { Notice } from './notice.ts';
import { type Dismissed, NoticeBoard } from './notice-board.ts';

function notice(id: string, about = 'a', body = ''): Notice {
  const place = { kind: 'settings' } as const;
  return { id, kind: 'late', title: id, body, urgency: 'normal', actions: [], place, sourceId: null, about };
}

const decided = (): boolean => false;

function board(dismissed: Dismissed = {}) {
  const told: string[] = [];
  const kept: Dismissed[] = [];
  const made = new NoticeBoard({
    notifier: {
      show: ({ id, about }, isQuiet) => void told.push(`${isQuiet ? 'changed' : 'told'} ${id} ${about}`),
      withdraw: (id) => void told.push(`withdrawn ${id}`),
    },
    dismissed,
    keep: (now) => kept.push(now),
  });
  return { board: made, told, kept };
}

it('tells each thing once, changes its words quietly, and withdraws it when it is over', () => {
  const { board: one, told } = board();
  one.update([notice('x')], decided);
  one.update([notice('x')], decided);
  one.update([notice('x', 'a', 'other words')], decided);
  one.update([notice('x', 'b')], decided);
  one.update([], decided);
  one.update([], decided);
  expect(told).toEqual(['told x a', 'changed x a', 'told x b', 'withdrawn x']);
});

it('tells again what was over and came back', () => {
  const { board: one, told } = board();
  for (const notices of [[notice('x')], [], [notice('x')]]) one.update(notices, decided);
  expect(told).toEqual(['told x a', 'withdrawn x', 'told x a']);
});

it('leaves a dismissed one away until it is about something else, or was over', () => {
  const { board: one, told, kept } = board();
  one.update([notice('x')], decided);
  one.dismiss('x');
  one.update([notice('x', 'a', 'other words')], decided);
  expect(told).toEqual(['told x a']);
  one.update([notice('x', 'worse')], decided);
  expect(told.at(-1)).toBe('told x worse');
  one.dismiss('x');
  one.update([], decided);
  one.update([notice('x', 'worse')], decided);
  expect(told).toEqual(['told x a', 'told x worse', 'told x worse']);
  expect(kept).toEqual([{ x: 'a' }, {}, { x: 'worse' }, {}]);
});

it('remembers what was dismissed before it was made', () => {
  const { board: one, told } = board({ x: 'a', y: 'gone' });
  one.update([notice('x'), notice('y')], decided);
  expect(told).toEqual(['told y a']);
});

it('neither tells nor withdraws what is undecided, nor forgets that it was dismissed', () => {
  const { board: one, told } = board({ z: 'a' });
  one.update([notice('x'), notice('y')], (id) => id !== 'x');
  one.update([], (id) => id === 'x' || id === 'z');
  expect(told).toEqual(['told x a']);
  one.update([notice('x'), notice('z')], decided);
  expect(told).toEqual(['told x a']);
});

it('takes away what was acted on, and knows nothing of what it does not show', () => {
  const { board: one, told } = board();
  one.update([notice('x')], decided);
  one.actedOn('x');
  one.dismiss('unknown');
  expect([one.find('x'), told]).toEqual([undefined, ['told x a', 'withdrawn x']]);
});
