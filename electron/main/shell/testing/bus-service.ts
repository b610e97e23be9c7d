import { type EventEmitter, once } from 'node:events';
import { Message, type MessageBus, MessageType, sessionBus } from '@jellybrick/dbus-next';

export type Answer = (call: {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: unknown[];
}) =>
  | { readonly signature: string; readonly body: unknown[] }
  | { readonly error: string; readonly text: string }
  /** Heard, and never answered. */
  | 'silence'
  | undefined;

/** Some other program on a bus, under a well-known name, that answers as a test wants. */
export interface BusService {
  emit(path: string, from: string, member: string, signature: string, body: unknown[]): void;
  leave(): void;
}

export async function busService(address: string, name: string, answer: Answer): Promise<BusService> {
  const bus: MessageBus = sessionBus({ busAddress: address });
  (bus as EventEmitter).on('error', () => undefined);
  await once(bus, 'connect');
  bus.addMethodHandler((message) => {
    if (message.destination !== name && message.destination !== bus.name) return false;
    const said = answer(message);
    if (said === undefined) return false;
    if (said === 'silence') return true;
    bus.send(
      'error' in said
        ? Message.newError(message, said.error, said.text)
        : Message.newMethodReturn(message, said.signature, said.body),
    );
    return true;
  });
  await bus.requestName(name);
  return {
    emit: (path, from, member, signature, body) =>
      bus.send(new Message({ type: MessageType.SIGNAL, path, interface: from, member, signature, body })),
    leave: () => bus.disconnect(),
  };
}
