import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { busService } from '../testing/bus-service.ts';
import { type PrivateBus, privateBus } from '../testing/private-bus.ts';
import { BusLink } from './bus-link.ts';

const name = 'dev.stillpoint.Test';
const ask = { destination: name, path: '/a', interface: name, member: 'Ask' };

let bus: PrivateBus;
const links: BusLink[] = [];
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeEach(async () => {
  bus = await privateBus();
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  for (const link of links.splice(0)) link.stop();
  await bus.remove();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

function link(address: () => string | undefined = () => bus.address): BusLink {
  const made = new BusLink({ address, log: () => undefined });
  links.push(made);
  made.start();
  return made;
}

const up = (made: BusLink) => expect.poll(() => made.isUp, { timeout: 10_000 }).toBe(true);

describe('a call', () => {
  it('is answered, or rejects with the error that came for an answer', async () => {
    const service = await busService(bus.address, name, ({ member }) =>
      member === 'Ask' ? { signature: 's', body: ['yes'] } : { error: `${name}.Error.No`, text: 'no' },
    );
    const made = link();
    await up(made);
    expect(await made.call(ask)).toEqual(['yes']);
    await expect(made.call({ ...ask, member: 'Other' })).rejects.toMatchObject({
      code: `${name}.Error.No`,
      message: 'no',
    });
    service.leave();
    const nobody = made.call({ ...ask, destination: `${name}.Nobody` });
    await expect(nobody).rejects.toMatchObject({ isNobodyThere: true });
  });

  it('rejects when nobody answers in time, and when the bus goes away meanwhile', async () => {
    await busService(bus.address, name, () => 'silence');
    const made = link();
    await up(made);
    await expect(made.call(ask, 50)).rejects.toMatchObject({ code: 'no-answer' });
    const late = expect(made.call(ask)).rejects.toMatchObject({ code: 'no-bus' });
    await bus.kill();
    await late;
    await expect(made.call(ask)).rejects.toMatchObject({ code: 'no-bus' });
  });

  it('rejects where there is no bus: no address, no socket, nonsense', async () => {
    for (const address of [
      undefined,
      'unix:path=/nonexistent/bus',
      'disabled:',
      'nonsense',
      'tcp:host=127.0.0.1,port=1',
    ]) {
      await expect(link(() => address).call(ask)).rejects.toMatchObject({ code: 'no-bus' });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('a name', () => {
  it('is told with its owner, when it comes, goes, and is taken over', async () => {
    const told: (string | undefined)[] = [];
    const made = link();
    made.watchName(name, (owner) => told.push(owner));
    await up(made);
    const first = await busService(bus.address, name, () => undefined);
    await expect.poll(() => told.length).toBe(1);
    first.leave();
    await expect.poll(() => told).toEqual([expect.stringMatching(/^:1\./), undefined]);
    const second = await busService(bus.address, name, () => undefined);
    await expect.poll(() => told.length).toBe(3);
    expect(told[2]).not.toBe(told[0]);
    const late: (string | undefined)[] = [];
    made.watchName(name, (owner) => late.push(owner));
    await expect.poll(() => late).toEqual([told[2]]);
    second.leave();
  });

  it('and signals are heard again after the bus was lost and came back', async () => {
    const told: (string | undefined)[] = [];
    const heard: unknown[] = [];
    const made = link();
    made.watchName(name, (owner) => told.push(owner));
    made.onSignal({ interface: name, path: '/a' }, ({ member, body }) => heard.push([member, ...body]));
    await up(made);
    await busService(bus.address, name, () => undefined);
    await expect.poll(() => told.length).toBe(1);
    await bus.kill();
    await expect.poll(() => told).toEqual([expect.anything(), undefined]);
    expect(made.isUp).toBe(false);
    await bus.restart();
    await up(made);
    const again = await busService(bus.address, name, () => undefined);
    await expect.poll(() => told.length).toBe(3);
    again.emit('/b', name, 'Elsewhere', '', []);
    again.emit('/a', name, 'Said', 's', ['hello']);
    await expect.poll(() => heard).toEqual([['Said', 'hello']]);
    again.leave();
  });
});
