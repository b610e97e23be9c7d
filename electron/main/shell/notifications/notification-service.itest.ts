import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusLink } from '../bus/bus-link.ts';
import { NotificationDaemon } from '../testing/notification-daemon.ts';
import { type PrivateBus, privateBus } from '../testing/private-bus.ts';
import type { Bubble } from './bubble.ts';
import { NotificationService } from './notification-service.ts';

const full = ['body', 'body-markup', 'actions'];
const bubble = (title: string): Bubble => ({
  title,
  body: 'Files & <folders>',
  urgency: 'critical',
  actions: [{ id: 'show', label: 'Show' }],
  stays: true,
});

let bus: PrivateBus;
let link: BusLink;
let service: NotificationService;
const acted: unknown[] = [];
const dismissed: string[] = [];
const logged: string[] = [];

beforeEach(async () => {
  bus = await privateBus();
  link = new BusLink({ address: () => bus.address, log: () => undefined });
  link.start();
  await expect.poll(() => link.isUp).toBe(true);
  service = new NotificationService(
    link,
    { onAction: (key, action) => acted.push([key, action]), onDismissed: (key) => dismissed.push(key) },
    (line) => logged.push(line),
  );
  for (const list of [acted, dismissed, logged]) list.length = 0;
});
afterEach(async () => {
  link.stop();
  await bus.remove();
  expect(logged).toEqual([]);
});

const titles = (daemon: NotificationDaemon): string[] => daemon.notified.map(({ summary }) => summary);

describe('with a service', () => {
  it('shows, replaces and withdraws', async () => {
    const daemon = await NotificationDaemon.start(bus.address, full);
    service.show('a', bubble('One'), false);
    service.show('b', bubble('Two'), false);
    await service.settled();
    service.show('a', bubble('One again'), true);
    service.withdraw('b');
    service.withdraw('unknown');
    await service.settled();
    expect(daemon.notified).toMatchObject([
      { number: 1, replaces: 0, summary: 'One' },
      { number: 2, replaces: 0, summary: 'Two' },
      { number: 1, replaces: 1, summary: 'One again', hints: { 'suppress-sound': true } },
    ]);
    expect(daemon.closed).toEqual([2]);
    expect(daemon.notified[0]).toMatchObject({
      body: 'Files &amp; &lt;folders&gt;',
      actions: ['default', 'Open Stillpoint', 'show', 'Show'],
      timeout: 0,
      hints: { urgency: 2, 'desktop-entry': 'dev.stillpoint.Stillpoint' },
    });
  });

  it('says where to look where there are no buttons, and escapes nothing where there is no markup', async () => {
    const daemon = await NotificationDaemon.start(bus.address, ['body']);
    service.show('a', bubble('One'), false);
    await service.settled();
    expect(daemon.notified).toMatchObject([
      { summary: 'One', body: 'Files & <folders> Open Stillpoint to see more.', actions: [] },
    ]);
  });

  it('tells what was pressed, and what a person closed; what went by itself was not closed by anybody', async () => {
    const daemon = await NotificationDaemon.start(bus.address, full);
    for (const key of ['a', 'b', 'c']) {
      service.show(key, bubble(key), false);
      await service.settled();
    }
    daemon.press(1, 'show');
    daemon.press(1, 'default');
    daemon.press(99, 'show');
    daemon.close(2, 2);
    daemon.close(3, 1);
    await expect.poll(() => dismissed).toEqual(['b']);
    expect(acted).toEqual([
      ['a', 'show'],
      ['a', null],
    ]);
    // A quiet change of what went away does not bring it back; a loud one does, as a new one.
    service.show('c', bubble('quiet'), true);
    service.show('c', bubble('loud'), false);
    await service.settled();
    expect(daemon.notified.slice(3)).toMatchObject([{ summary: 'loud', replaces: 0 }]);
  });

  it('does not believe signals of somebody else', async () => {
    const daemon = await NotificationDaemon.start(bus.address, full);
    service.show('a', bubble('One'), false);
    await service.settled();
    const stranger = await NotificationDaemon.start(bus.address, full);
    stranger.press(1, 'show');
    daemon.press(1, 'default');
    await expect.poll(() => acted.length).toBeGreaterThan(0);
    expect(acted).toEqual([['a', null]]);
    stranger.leave();
  });
});

it('takes everything back when it leaves, also what is on its way', async () => {
  const daemon = await NotificationDaemon.start(bus.address, full);
  service.show('a', bubble('One'), false);
  await service.settled();
  service.show('b', bubble('Two'), false);
  await service.withdrawAll();
  expect(daemon.closed).toEqual(daemon.notified.map(({ number }) => number));
  expect(daemon.closed).toContain(1);
});

describe('without one', () => {
  it('waits for one, and shows only what still holds', async () => {
    service.show('a', bubble('One'), false);
    service.show('b', bubble('Two'), false);
    await service.settled();
    service.withdraw('a');
    const daemon = await NotificationDaemon.start(bus.address, full);
    await expect.poll(() => titles(daemon)).toEqual(['Two']);
  });

  it('shows what was open once more after the service was started anew', async () => {
    const first = await NotificationDaemon.start(bus.address, full);
    for (const key of ['open', 'closed', 'expired']) {
      service.show(key, bubble(key), false);
      await service.settled();
    }
    first.close(2, 2);
    first.close(3, 1);
    await expect.poll(() => dismissed).toEqual(['closed']);
    first.leave();
    const second = await NotificationDaemon.start(bus.address, full, 70);
    await expect.poll(() => titles(second)).toEqual(['open']);
    service.withdraw('open');
    await service.settled();
    expect(second.closed).toEqual([70]);
    expect(titles(second)).toEqual(['open']);
  });
});
