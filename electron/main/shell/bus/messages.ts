import { DBusError, Variant } from '@jellybrick/dbus-next';

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: unknown[];
}

export interface BusSignal {
  /** Unique name of whoever sent it. */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** The bus itself. */
export const busName = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** `no-bus`, `no-answer`, or the name of the error that came for an answer. */
export class BusError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'BusError';
    this.code = code;
  }

  static from(error: unknown): BusError {
    if (error instanceof BusError) return error;
    if (error instanceof DBusError) return new BusError(error.type, error.text);
    return new BusError('no-bus', error instanceof Error ? error.message : String(error));
  }

  /** Nobody offers the service, and nothing is installed that would. */
  get isNobodyThere(): boolean {
    return ['org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus.Error.NameHasNoOwner'].includes(
      this.code,
    );
  }
}

/** A value as D-Bus carries it beside its type. */
export function variant(signature: string, value: unknown): Variant {
  return new Variant(signature, value);
}

/** What a variant holds, whatever it is wrapped in. */
export function plain(value: unknown): unknown {
  return value instanceof Variant ? plain(value.value) : value;
}

export function property(destination: string, path: string, of: string, name: string): BusCall {
  return {
    destination,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [of, name],
  };
}
