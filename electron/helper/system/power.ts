import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Supply {
  readonly type: string;
  /** `Device`: it feeds something that is attached, such as a mouse, and says nothing of this machine. */
  readonly scope: string;
  readonly online: string;
  readonly present: string;
  readonly status: string;
}

/**
 * Whether the machine runs on mains; null where nothing tells, as on most desktops. `root` is the folder of the supplies;
 * reading it waits for no device that is not there any more. Source: Documentation/ABI/testing/sysfs-class-power.
 */
export function onMains(root = '/sys/class/power_supply'): boolean | null {
  const supplies = suppliesIn(root).filter(({ scope, present }) => scope !== 'Device' && present !== '0');
  const feeding = supplies.filter(({ type }) => type === 'Mains' || type.startsWith('USB') || type === 'Wireless');
  const batteries = supplies.filter(({ type }) => type === 'Battery');
  // A power cut: what comes through the mains plug is the battery of the UPS.
  if (supplies.some(({ type, status }) => type === 'UPS' && status === 'Discharging')) return false;
  // 2 is a programmable supply; a battery may run down beside a supply that is too weak.
  if (feeding.some(({ online }) => online === '1' || online === '2')) return true;
  if (batteries.some(({ status }) => status === 'Discharging')) return false;
  if (batteries.some(({ status }) => ['Charging', 'Full', 'Not charging'].includes(status))) return true;
  if (supplies.some(({ type, status }) => type === 'UPS' && ['Charging', 'Full', 'Not charging'].includes(status)))
    return true;
  // An unused USB port of a desktop is offline as well: only where there is a battery does that mean something.
  return feeding.length > 0 && batteries.length > 0 ? false : null;
}

function suppliesIn(root: string): readonly Supply[] {
  let names: readonly string[];
  try {
    names = readdirSync(root);
  } catch {
    return [];
  }
  return names.map((name) => ({
    type: attribute(root, name, 'type'),
    scope: attribute(root, name, 'scope'),
    online: attribute(root, name, 'online'),
    present: attribute(root, name, 'present'),
    status: attribute(root, name, 'status'),
  }));
}

/** Empty where there is none, or where the device has just gone. */
function attribute(root: string, supply: string, name: string): string {
  try {
    return readFileSync(join(root, supply, name), 'latin1').trim();
  } catch {
    return '';
  }
}
