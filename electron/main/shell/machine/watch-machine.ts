import { readFile } from 'node:fs/promises';
import { net, powerMonitor } from 'electron';
import { Changes } from './changes.ts';

export type MachineChange = 'mounts-changed' | 'network-changed' | 'power-changed';

export interface MachineWatch {
  /** Something that waited for it may go on. */
  readonly onChange: (what: MachineChange) => void;
  /** The machine was asleep until now. */
  readonly onResume: () => void;
  readonly log: (line: string) => void;
}

/** A disk that is plugged in is noticed within this time. Milliseconds. */
const lookMs = 3_000;

/** Tells what the machine does, as far as it matters to a schedule. Returns what stops it. */
export function watchMachine({ onChange, onResume, log }: MachineWatch): () => void {
  const mounts = new Changes<string>(() => onChange('mounts-changed'));
  const online = new Changes<boolean>(() => onChange('network-changed'));
  const look = async (): Promise<void> => {
    const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined);
    if (text !== undefined) mounts.is(text);
    online.is(net.isOnline());
  };
  const lookSafely = (): void => void look().catch((error) => log(`watching the machine: ${String(error)}`));
  lookSafely();
  const timer = setInterval(lookSafely, lookMs);
  const resumed = (): void => {
    onResume();
    lookSafely();
  };
  const powerChanged = (): void => onChange('power-changed');
  powerMonitor.on('resume', resumed);
  powerMonitor.on('on-ac', powerChanged);
  powerMonitor.on('on-battery', powerChanged);
  return () => {
    clearInterval(timer);
    powerMonitor.off('resume', resumed);
    powerMonitor.off('on-ac', powerChanged);
    powerMonitor.off('on-battery', powerChanged);
  };
}
