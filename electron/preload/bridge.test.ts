import { expect, it } from 'vitest';
import { ipcContract } from '../../shared/ipc/contract.ts';
import { makeBridge } from './bridge.ts';

type Functions = Record<string, (params: unknown) => Promise<unknown>>;

function flatten(bridge: object): Map<string, Functions[string]> {
  const found = new Map<string, Functions[string]>();
  for (const [group, functions] of Object.entries(bridge as Record<string, Functions>)) {
    if (group === 'events') continue;
    for (const [leaf, call] of Object.entries(functions)) found.set(`${group}.${leaf}`, call);
  }
  return found;
}

const silent = { ask: async () => undefined, listen: () => () => undefined };

it('has exactly the methods of the contract', () => {
  expect([...flatten(makeBridge(silent)).keys()].sort()).toEqual(Object.keys(ipcContract).sort());
});

it('asks for the method it is named after, and for nothing else', async () => {
  const asked: [string, unknown][] = [];
  const methods = flatten(makeBridge({ ...silent, ask: async (name, params) => asked.push([name, params]) }));
  for (const [name, call] of methods) await call({ marker: name });
  expect(asked).toEqual([...methods.keys()].map((name) => [name, { marker: name }]));
});

it('hands events on and stops when told', () => {
  let stopped = 0;
  const bridge = makeBridge({
    ...silent,
    listen: (listener) => {
      listener({ type: 'command', command: 'help' });
      return () => {
        stopped += 1;
      };
    },
  });
  const heard: string[] = [];
  const stop = bridge.events.subscribe((event) => heard.push(event.type));
  stop();
  expect({ heard, stopped }).toEqual({ heard: ['command'], stopped: 1 });
});
