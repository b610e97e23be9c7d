import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { asUser } from './as-user.ts';
import { endProcess } from './end-process.ts';
import type { SessionBus } from './session-bus.ts';
import { readableTree } from './tree.ts';
import type { World } from './world.ts';

/** A connection to a world's session bus, to look at what the app put on it and to do what a desktop does. */
export interface UserBus {
  /** Arguments and results without the types D-Bus wraps them in; `variant` makes one where it is asked for. */
  call(target: Target, member: string, signature?: string, body?: readonly unknown[]): Promise<unknown[]>;
  get(target: Target, name: string): Promise<unknown>;
  hasOwner(name: string): Promise<boolean>;
  stop(): Promise<void>;
}

export interface Target {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
}

const theBus: Target = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

interface Answer {
  readonly id: number;
  readonly body?: unknown[];
  readonly error?: string;
}

/** As the world's user, since a session bus serves nobody else. */
export function joinBus(world: World, bus: SessionBus): UserBus {
  const tree = readableTree(world.user);
  const [program = '', ...args] = asUser(world.user, [
    join(tree.path, 'node_modules/.bin/node'),
    join(tree.path, 'e2e/harness/user-bus-program.ts'),
  ]);
  const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: bus.address };
  const child = spawn(program, args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.on('exit', () => {
    for (const [id, tell] of waiting) tell({ id, error: 'the bus is gone' });
    waiting.clear();
  });
  let last = 0;
  const call: UserBus['call'] = async (target, member, signature = '', body = []) => {
    last += 1;
    const id = last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(id, resolve);
    child.stdin.write(`${JSON.stringify({ id, target, member, signature, body })}\n`);
    const answer = await promise;
    if (answer.body === undefined) throw new Error(`${target.interface}.${member}: ${answer.error}`);
    return answer.body;
  };
  return {
    call,
    get: async (target, name) => {
      const properties = { ...target, interface: 'org.freedesktop.DBus.Properties' };
      return (await call(properties, 'Get', 'ss', [target.interface, name]))[0];
    },
    hasOwner: async (name) => (await call(theBus, 'NameHasOwner', 's', [name]))[0] === true,
    stop: async () => {
      await endProcess(child);
      tree.release();
    },
  };
}

export function variant(signature: string, value: unknown): { readonly signature: string; readonly value: unknown } {
  return { signature, value };
}
