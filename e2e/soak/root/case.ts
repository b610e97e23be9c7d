/** What is done to one hold of the root. Told to the guest as JSON, and the verdict comes back so. */
export type Victim = 'helper' | 'guard' | 'witness';

export interface RootCase {
  /** Empty: nothing happens to anybody. */
  readonly victims: readonly Victim[];
  readonly how: 'kill' | 'stop';
  readonly when: 'before-freeze' | 'in-freeze-call' | 'frozen' | 'after-thaw';
  /** From that moment to the strike, ms. */
  readonly delayMs: number;
  /** How long the helper works between freeze and thaw, ms. */
  readonly holdMs: number;
  /** Every thaw that the witness tries fails at first: what is left to it is the kernel's emergency thaw. */
  readonly thawFails?: boolean;
}

/** A backup by the product's own helper, of a folder on the root into a repository on the root. */
export interface BackupCase {
  /** From asking for it until the helper is killed, ms; null: it is not. */
  readonly killAfterMs: number | null;
}

export interface RootVerdict {
  /** What must not be; empty when all is well. */
  readonly faults: readonly string[];
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export const rootLeaseMs = 250;

const struck: readonly (readonly Victim[])[] = [
  ['helper'],
  ['guard'],
  ['witness'],
  ['helper', 'guard'],
  ['guard', 'witness'],
  ['helper', 'witness'],
];

export interface RootSeries {
  readonly name: string;
  readonly count: number;
  at(repetition: number): RootCase | BackupCase;
}

/** 500 holds, and 60 backups by the product. Of the holds two of five undisturbed, the others struck, half of those between freeze and thaw. */
export const rootSeries: readonly RootSeries[] = [
  {
    name: 'backups by the product',
    count: 60,
    at: (n) => ({ killAfterMs: n % 4 === 3 ? (n * 397) % 5000 : null }),
  },
  {
    name: 'held, read, let go',
    count: 190,
    at: (n) => ({ victims: [], how: 'kill', when: 'frozen', delayMs: 0, holdMs: n % 40 }),
  },
  ...struck.flatMap((victims) =>
    (['kill', 'stop'] as const).map((how) => ({
      name: `${victims.join(' and ')}: ${how === 'kill' ? 'SIGKILL' : 'SIGSTOP'}`,
      count: 25,
      at: (n: number) => strike(victims, how, n),
    })),
  ),
  {
    name: 'no thaw works but the emergency thaw',
    count: 10,
    at: () => ({
      ...{ victims: ['helper', 'guard'], how: 'kill', when: 'frozen', delayMs: 0, holdMs: 100 },
      thawFails: true,
    }),
  },
];

/** Every other one between freeze and thaw; the rest before, in the call, and after, at varying distances. */
function strike(victims: readonly Victim[], how: 'kill' | 'stop', n: number): RootCase {
  const other = (['in-freeze-call', 'before-freeze', 'in-freeze-call', 'after-thaw'] as const)[(n >> 1) % 4];
  const when = n % 2 === 0 ? 'frozen' : (other ?? 'in-freeze-call');
  return { victims, how, when, delayMs: when === 'in-freeze-call' ? (n * 7) % 90 : (n * 3) % 20, holdMs: 60 };
}
