import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Trusts one certificate, told by its SHA-256, and nothing else. The connection is handed out only after the server has
 * shown it, so not a byte of a request goes to another one.
 */
export class PinningAgent extends Agent {
  readonly #fingerprint: string;

  constructor(options: AgentOptions, fingerprint: string) {
    super({ ...options, maxCachedSessions: 0 });
    this.#fingerprint = normalFingerprint(fingerprint);
  }

  override createConnection(options: ConnectionOptions, connected?: Connected): undefined {
    // The fingerprint says more than any authority could.
    const socket = connect({ ...options, rejectUnauthorized: false });
    const failed = (error: Error): void => connected?.(error, socket);
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      socket.off('error', failed);
      const shown = normalFingerprint(socket.getPeerCertificate().fingerprint256 ?? '');
      if (shown === this.#fingerprint) return connected?.(null, socket);
      socket.destroy();
      connected?.(Object.assign(new Error('its certificate has another fingerprint'), { code: 'ERR_TLS_PIN' }), socket);
    });
  }
}

/** `AB:CD…`, as programs print it, and plain hex digits are one. */
export function normalFingerprint(text: string): string {
  return text.replaceAll(':', '').trim().toLowerCase();
}
