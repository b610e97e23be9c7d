import { metered } from './network.ts';
import { onMains } from './power.ts';
import { sleepState } from './sleep.ts';
import type { SystemBus } from './system-bus.ts';

/** Null: it cannot be told. */
export interface MachineState {
  readonly onMains: boolean | null;
  readonly metered: boolean | null;
  readonly sleepAnnounced: boolean;
}

/** Asks all at once; a service that hangs costs its own time limit, a few seconds. Never rejects. */
export async function machineConditions(bus: SystemBus = {}, powerSupplies?: string): Promise<MachineState> {
  const [isMetered, sleep] = await Promise.all([metered(bus), sleepState(bus)]);
  return { onMains: onMains(powerSupplies), metered: isMetered, sleepAnnounced: sleep === 'announced' };
}
