import { findProgram, runProgram } from './exec.ts';

/** Where the bus of the system is. Tests name one of their own; a helper with more rights is told nothing by its caller. */
export interface SystemBus {
  /** A D-Bus address; default: the system's own. */
  readonly address?: string | undefined;
}

export type BusAnswer =
  | { readonly state: 'value'; readonly value: string | number | boolean }
  /** There is no bus, or nobody there has this name. Nobody is started by asking. */
  | { readonly state: 'absent' }
  /** Somebody is there and did not answer in time, or not with what was asked. */
  | { readonly state: 'no-answer' };

export interface BusProperty {
  readonly service: string;
  readonly path: string;
  readonly interface: string;
  readonly name: string;
}

/** Milliseconds for one question. A service that hangs must hold up nobody. */
const patienceMs = 2_000;

/** Reads one property of a service on the system's bus. Never rejects and never takes longer than about four seconds. */
export async function busProperty(property: BusProperty, bus: SystemBus = {}): Promise<BusAnswer> {
  const { service, path, interface: face, name } = property;
  const text = await call(bus, service, path, 'org.freedesktop.DBus.Properties', 'Get', [face, name]);
  if (text !== undefined) return valueIn(text);
  const owned = await call(bus, dbus, '/org/freedesktop/DBus', dbus, 'NameHasOwner', [service]);
  return owned !== undefined && /\btrue\b/.test(owned) ? { state: 'no-answer' } : { state: 'absent' };
}

const dbus = 'org.freedesktop.DBus';

/** What was answered as one line, or undefined. busctl is part of systemd; systems without it have dbus-send. */
async function call(
  bus: SystemBus,
  service: string,
  path: string,
  face: string,
  method: string,
  args: readonly string[],
): Promise<string | undefined> {
  const busctl = findProgram('busctl');
  const send = findProgram('dbus-send');
  const where = bus.address === undefined ? {} : { env: { DBUS_SYSTEM_BUS_ADDRESS: bus.address } };
  const [program, words] =
    busctl !== undefined
      ? [busctl, ['--system', '--auto-start=no', `--timeout=${patienceMs / 1000}`, 'call', service, path, face, method]]
      : [send, ['--system', '--print-reply=literal', `--reply-timeout=${patienceMs}`, `--dest=${service}`, path]];
  if (program === undefined) return undefined;
  const rest =
    busctl !== undefined
      ? ['s'.repeat(args.length), ...args]
      : [`${face}.${method}`, ...args.map((arg) => `string:${arg}`)];
  try {
    const { exitCode, stdout } = await runProgram(program, [...words, ...rest], {
      timeoutMs: patienceMs + 1000,
      ...where,
    });
    return exitCode === 0 ? stdout.toString().trim() : undefined;
  } catch {
    return undefined;
  }
}

/** busctl writes `v b true`, `v u 4`, `v s "text"`; dbus-send `variant boolean true`, `variant uint32 4`. */
function valueIn(text: string): BusAnswer {
  const found = /^(?:v|variant)\s+(\S+)\s+(.*)$/s.exec(text);
  const [, type = '', value = ''] = found ?? [];
  if (type === 'b' || type === 'boolean') return { state: 'value', value: value === 'true' };
  if (/^([ynqiuxt]|u?int\d+)$/.test(type) && /^-?\d+$/.test(value)) return { state: 'value', value: Number(value) };
  if (type === 's' || type === 'string') return { state: 'value', value: value.replace(/^"|"$/g, '') };
  return { state: 'no-answer' };
}
