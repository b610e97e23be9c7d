import { expect, it } from 'vitest';
import type { Notice } from '../../jobs/notices/notice.ts';
import type { Bubble } from './bubble.ts';
import { feedbackTo, notifierOver } from './notifier.ts';

const notice = (kind: Notice['kind']): Notice => ({
  id: `${kind}:photos`,
  kind,
  title: 'Photos',
  body: 'Text.',
  urgency: 'normal',
  actions: [{ id: 'show', label: 'Show' }],
  place: { kind: 'settings' },
  sourceId: null,
  about: 'x',
});

it('what is wrong stays, what went well goes by itself', () => {
  const shown: [string, Bubble, boolean][] = [];
  const withdrawn: string[] = [];
  const notifier = notifierOver({
    show: (key, bubble, isQuiet) => shown.push([key, bubble, isQuiet]),
    withdraw: (key) => withdrawn.push(key),
  });
  notifier.show(notice('failed'), false);
  notifier.show(notice('success'), true);
  notifier.withdraw('failed:photos');
  expect(shown.map(([key, { stays }, isQuiet]) => [key, stays, isQuiet])).toEqual([
    ['failed:photos', true, false],
    ['success:photos', false, true],
  ]);
  expect(withdrawn).toEqual(['failed:photos']);
});

it('reports an action that fails, and lets nothing out', async () => {
  const reports: string[] = [];
  const { onAction } = feedbackTo(
    { act: () => Promise.reject(new Error('the disk is gone')), dismiss: () => undefined },
    (what, error) => reports.push(`${what}: ${String(error)}`),
  );
  onAction('eject:disk', 'eject');
  await expect.poll(() => reports).toEqual(['notification eject:disk: Error: the disk is gone']);
});
