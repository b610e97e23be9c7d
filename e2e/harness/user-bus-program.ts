import type { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { Message, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';

// Calls on the session bus of whoever runs this: a bus serves nobody but its own user. One line in, one line out.
interface Request {
  readonly id: number;
  readonly target: { readonly destination: string; readonly path: string; readonly interface: string };
  readonly member: string;
  readonly signature: string;
  readonly body: unknown[];
}

const bus = sessionBus();
(bus as EventEmitter).on('error', () => process.exit(1));
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as Request))
  .on('close', () => process.exit(0));

async function answer({ id, target, member, signature, body }: Request): Promise<void> {
  try {
    const call = new Message({ type: MessageType.METHOD_CALL, ...target, member, signature, body: body.map(typed) });
    say({ id, body: ((await bus.call(call))?.body ?? []).map(plain) });
  } catch (error) {
    say({ id, error: String(error) });
  }
}

/** A value without the types D-Bus wraps it in. */
function plain(value: unknown): unknown {
  if (value instanceof Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (Buffer.isBuffer(value)) return value.toJSON().data;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function typed(value: unknown): unknown {
  const isVariant = typeof value === 'object' && value !== null && 'signature' in value && 'value' in value;
  return isVariant ? new Variant(String(value.signature), value.value) : value;
}
