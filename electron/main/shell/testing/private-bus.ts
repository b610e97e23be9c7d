import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A message bus of a test's own: nothing is started on it, and nobody else is on it. */
export interface PrivateBus {
  readonly address: string;
  /** Ends the daemon as a crash would. */
  kill(): Promise<void>;
  /** A daemon at the same address again. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function privateBus(): Promise<PrivateBus> {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-bus-'));
  const address = `unix:path=${join(folder, 'bus')}`;
  const config = join(folder, 'bus.conf');
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>${address}</listen>
     <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
     </busconfig>`,
  );
  const start = async () => {
    const child = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(createInterface({ input: child.stdout }), 'line');
    return child;
  };
  let daemon = await start();
  const kill = async (): Promise<void> => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await gone;
  };
  return {
    address,
    kill,
    restart: async () => {
      await kill();
      rmSync(join(folder, 'bus'), { force: true });
      daemon = await start();
    },
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
