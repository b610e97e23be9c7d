import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where this session's bus listens; undefined: there is none. Source: D-Bus specification, “Well-known message bus instances”. */
export function sessionBusAddress(environment: Environment, exists = existsSync): string | undefined {
  const { DBUS_SESSION_BUS_ADDRESS: told, XDG_RUNTIME_DIR: runtime } = environment;
  if (told !== undefined && told !== '') return told;
  if (!runtime?.startsWith('/')) return undefined;
  const socket = join(runtime, 'bus');
  return exists(socket) ? `unix:path=${socket}` : undefined;
}

export function systemBusAddress(environment: Environment): string {
  return environment.DBUS_SYSTEM_BUS_ADDRESS || 'unix:path=/run/dbus/system_bus_socket';
}
