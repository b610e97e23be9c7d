import { closeSync, openSync } from 'node:fs';
import type { FreezeTrial } from '../../../../shared/domain/freeze-trial.ts';
import { msToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { filesystemIdentity } from '../../system/filesystem-identity.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { type MachineConditions, machineConditions } from './conditions.ts';
import { defaultRootLeaseMs, type RootHold } from './contract.ts';
import { machineObstacles, type RootFacts, type RootObstacle, trialObstacle } from './obstacles.ts';
import { placeOn, systemPlaces } from './places.ts';
import { runTrial } from './trial/run-trial.ts';
import type { TrialBook } from './trial/trial-book.ts';

export interface RootHoldParts {
  /** What the helper itself runs from. */
  readonly programPlaces: readonly string[];
  readonly trials: TrialBook;
  /** A folder of ours that a trial's writer may write to. */
  readonly probeFolder: string;
  readonly leaseMs?: number;
  /** Others in tests. */
  readonly machine?: () => MachineConditions;
  readonly filesystemName?: (mountPoint: string) => string;
}

export interface TrialState {
  readonly concerns: boolean;
  readonly isNeeded: boolean;
  readonly mayStallMs: number;
  readonly obstacles: readonly string[];
  readonly last: FreezeTrial | null;
}

/** The hold, and the trial without which there is none. */
export interface TriedRootHold extends RootHold {
  state(facts: FilesystemFacts): TrialState;
  /** What is good to know although it is possible, one sentence each. */
  notes(): readonly string[];
  /** Rejects with `freeze-refused` where a trial could not help, and as `runTrial` does. Keeps the result. */
  tryOut(facts: FilesystemFacts, environment: QuiesceEnvironment, signal: AbortSignal): Promise<FreezeTrial>;
  skip(facts: FilesystemFacts): FreezeTrial;
}

/** Says whether, and how long, the filesystem that everything runs from may be held. */
export function createRootHold(parts: RootHoldParts): TriedRootHold {
  const leaseMs = parts.leaseMs ?? defaultRootLeaseMs;
  const machine = parts.machine ?? machineConditions;
  const nameOf = parts.filesystemName ?? filesystemName;
  const concerns = (facts: FilesystemFacts): boolean =>
    placeOn(facts, [...systemPlaces, ...parts.programPlaces]) !== undefined;
  const rootFacts = (facts: FilesystemFacts): RootFacts => ({
    mountPoint: facts.mountPoint,
    deviceId: facts.deviceId,
    device: deviceNumber(facts.mount),
    standsOn: (path) => placeOn(facts, [path]) !== undefined,
  });
  const lastOf = (facts: FilesystemFacts, kernel: string): FreezeTrial | undefined =>
    parts.trials.find(nameOf(facts.mountPoint), kernel);
  const ofTrial = (facts: FilesystemFacts, kernel: string): RootObstacle[] =>
    trialObstacle(facts.mountPoint, kernel, leaseMs, lastOf(facts, kernel));

  const obstacles = (facts: FilesystemFacts): RootObstacle[] => {
    const now = machine();
    return [...machineObstacles(rootFacts(facts), now), ...ofTrial(facts, now.kernel)];
  };

  return {
    leaseMs,
    emergencyThaw: true,
    concerns,
    obstacles,
    notes: () =>
      machine().hasEmergencyThaw
        ? []
        : ['This kernel has no emergency thaw; the processes that end the pause have to do without that last resort.'],
    state: (facts) => {
      const doesConcern = concerns(facts);
      const found = doesConcern ? obstacles(facts) : [];
      return {
        concerns: doesConcern,
        // Where something else stands in the way too, a trial would not make it possible.
        isNeeded: found.length > 0 && found.every(({ remedy }) => remedy === 'trial'),
        mayStallMs: leaseMs,
        obstacles: found.map(({ reason }) => reason),
        last: doesConcern ? (lastOf(facts, machine().kernel) ?? null) : null,
      };
    },
    tryOut: async (facts, environment, signal) => {
      const now = machine();
      if (!concerns(facts)) throw notConcerned(facts.mountPoint);
      if (!processAbilities().canFreeze) throw noRights();
      const inTheWay = machineObstacles(rootFacts(facts), now);
      if (inTheWay.length > 0) throw notTried(inTheWay);
      const trial = await runTrial({
        facts,
        filesystem: nameOf(facts.mountPoint),
        kernel: now.kernel,
        leaseMs,
        environment,
        probeFolder: placeOn(facts, [parts.probeFolder]),
        signal,
      });
      parts.trials.keep(trial);
      return trial;
    },
    skip: (facts) => {
      if (!concerns(facts)) throw notConcerned(facts.mountPoint);
      const { kernel } = machine();
      const trial: FreezeTrial = {
        outcome: 'skipped',
        reason: 'The test was skipped.',
        at: msToInstant(Date.now()),
        kernel,
        filesystem: nameOf(facts.mountPoint),
        mountPoint: facts.mountPoint,
        leaseMs,
        stallsMs: [],
        longestProbeMs: null,
      };
      // What was found out is worth more than that nobody wanted to find out again.
      const last = parts.trials.find(trial.filesystem, kernel);
      if (last?.kernel === kernel && last.outcome !== 'skipped') return last;
      parts.trials.keep(trial);
      return trial;
    },
  };
}

function filesystemName(mountPoint: string): string {
  const fd = openSync(mountPoint, 'r');
  try {
    return filesystemIdentity(fd).name;
  } finally {
    closeSync(fd);
  }
}

function notConcerned(where: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'sourceId',
    message: `Nothing of the system runs from ${where}, so nothing has to be tried there.`,
    guidance: 'Back it up; it is held still without a test.',
  });
}

function noRights(): StillpointError {
  return new StillpointError({
    kind: 'freeze-not-permitted',
    message: 'Stillpoint runs with your own rights here and can hold nothing still, not for a test either.',
    guidance: 'Allow still points first.',
  });
}

function notTried(obstacles: readonly RootObstacle[]): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: obstacles.map(({ reason }) => reason).join(' '),
    guidance: 'Nothing was held still. A test cannot help while this is so; the source is backed up live.',
  });
}
