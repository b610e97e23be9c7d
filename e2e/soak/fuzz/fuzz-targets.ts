import type { FuzzTarget } from '../../../electron/helper/repository/testing/fuzz-target.ts';
import { repositoryFuzzTargets } from '../../../electron/helper/repository/testing/fuzz-targets.ts';
import { protocolFuzzTargets } from './protocol-targets.ts';

export const fuzzTargets: readonly FuzzTarget[] = [...repositoryFuzzTargets, ...protocolFuzzTargets];

export function fuzzTargetNamed(name: string): FuzzTarget {
  const found = fuzzTargets.find((target) => target.name === name);
  if (found === undefined) throw new Error(`nothing named ${name} is fuzzed`);
  return found;
}
