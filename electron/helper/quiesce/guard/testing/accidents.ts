import type { Scenario } from './scenario.ts';

export type Accident = Omit<Scenario, 'mountPoint'>;

/** What the helper, where it lives, must have been told. */
export interface Expected {
  readonly told?: 'over' | 'refused' | 'nothing';
  readonly held?: boolean;
  readonly cause?: string;
}

/** Name, accident, and what the helper must have been told. Each leads to the same demands (`faultsOf`). */
export const accidents: readonly (readonly [string, Accident, Expected])[] = [
  ['guard killed before', { victims: ['guard'], how: 'kill', when: 'before-freeze' }, { told: 'refused' }],
  ['guard killed in the call', { victims: ['guard'], how: 'kill', when: 'in-freeze-call', delayMs: 12 }, {}],
  ['guard killed', { victims: ['guard'], how: 'kill', when: 'frozen' }, { told: 'over', held: true, cause: 'witness' }],
  ['guard killed after', { victims: ['guard'], how: 'kill', when: 'after-thaw' }, { held: true, cause: 'command' }],
  ['helper killed before', { victims: ['helper'], how: 'kill', when: 'before-freeze' }, { told: 'nothing' }],
  ['helper killed in the call', { victims: ['helper'], how: 'kill', when: 'in-freeze-call', delayMs: 8 }, {}],
  ['helper killed', { victims: ['helper'], how: 'kill', when: 'frozen', expediteRcu: true }, { told: 'nothing' }],
  ['helper killed after', { victims: ['helper'], how: 'kill', when: 'after-thaw' }, { held: true }],
  ['helper stopped', { victims: ['helper'], how: 'stop', when: 'frozen' }, { told: 'nothing' }],
  ['guard stopped before', { victims: ['guard'], how: 'stop', when: 'before-freeze' }, { told: 'refused' }],
  [
    'guard stopped',
    { victims: ['guard'], how: 'stop', when: 'frozen' },
    { told: 'over', held: true, cause: 'witness' },
  ],
  ['guard stopped in the call', { victims: ['guard'], how: 'stop', when: 'in-freeze-call', delayMs: 15 }, {}],
  ['helper and guard killed', { victims: ['helper', 'guard'], how: 'kill', when: 'frozen', expediteRcu: true }, {}],
  [
    'helper and guard killed in the call',
    { victims: ['helper', 'guard'], how: 'kill', when: 'in-freeze-call', delayMs: 10 },
    {},
  ],
  ['helper and guard stopped', { victims: ['helper', 'guard'], how: 'stop', when: 'frozen', expediteRcu: true }, {}],
  [
    'helper and guard stopped in the call',
    { victims: ['helper', 'guard'], how: 'stop', when: 'in-freeze-call', delayMs: 10 },
    {},
  ],
  ['helper and guard in a frozen group', { victims: ['helper', 'guard'], how: 'group', when: 'frozen' }, {}],
  ['witness killed', { victims: ['witness'], how: 'kill', when: 'frozen' }, { held: true, cause: 'command' }],
  ['witness stopped before', { victims: ['witness'], how: 'stop', when: 'before-freeze' }, { told: 'refused' }],
  ['helper and witness killed', { victims: ['helper', 'witness'], how: 'kill', when: 'frozen' }, {}],
  [
    'guard and witness killed',
    { victims: ['guard', 'witness'], how: 'kill', when: 'frozen', expediteRcu: true },
    { held: true, cause: 'helper' },
  ],
  [
    'guard and witness stopped',
    { victims: ['guard', 'witness'], how: 'stop', when: 'frozen', expediteRcu: true },
    { held: true, cause: 'helper' },
  ],
  [
    'guard and witness stopped in the call',
    { victims: ['guard', 'witness'], how: 'stop', when: 'in-freeze-call', delayMs: 15 },
    {},
  ],
];
