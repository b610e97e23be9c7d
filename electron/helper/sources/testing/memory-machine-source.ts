import { msToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { QuiesceMethod, StillContent, StillEntry } from '../../quiesce/contract.ts';
import type { SourceFacts, SourceKind } from '../contract.ts';
import { madeUpMeta } from './made-up-meta.ts';
import { type DiskSnapshot, diskBlockBytes, type MachineSnapshot, type MemoryMachine } from './memory-machine.ts';

export interface MemoryMachineSpec {
  readonly kind: 'memory-machine';
  readonly name: string;
}

export interface MemoryMachineFacts extends SourceFacts {
  readonly machine: MemoryMachine;
  readonly disks: readonly string[];
  /** Version that unchanged blocks can be taken from, if an earlier snapshot has it. */
  readonly checkpoint: string | null;
}

export function memoryMachineSource(
  machines: ReadonlyMap<string, MemoryMachine>,
): SourceKind<MemoryMachineSpec, MemoryMachineFacts> {
  return {
    kind: 'memory-machine',
    async examine(spec) {
      const machine = machines.get(spec.name);
      if (machine === undefined) throw new Error(`there is no machine ${spec.name}`);
      const disks = machine.diskNames;
      return {
        kind: 'memory-machine',
        location: `memory://${spec.name}`,
        filesystem: 'disks',
        mountPoint: '',
        device: disks.join(', '),
        leftOut: [],
        files: disks.length,
        bytes: disks.reduce((sum, disk) => sum + machine.blocksOf(disk) * diskBlockBytes, 0),
        counted: true,
        machine,
        disks,
        checkpoint: machine.checkpoint,
      };
    },
  };
}

export interface MachineBackupOptions {
  readonly nextCheckpoint: () => string;
  /** Called while the machine is held. Tests end the hold there. */
  readonly whileHeld?: () => void;
}

/** Held by the agent inside, all disks snapshotted at once, let go; read afterwards, with only dirty blocks sent. */
export function memoryMachineBackup(options: MachineBackupOptions): QuiesceMethod<MemoryMachineFacts> {
  return {
    name: 'qemu-backup',

    async preflight(facts) {
      return {
        method: 'qemu-backup',
        available: true,
        level: facts.machine.hasAgent ? 'filesystem' : 'crash',
        expectedStallMs: 1,
        reasons: facts.machine.hasAgent ? [] : ['There is no agent in the machine that could flush its filesystems.'],
        remedies: [],
      };
    },

    async withStillView(facts, _lease, { signal, report, parentBase }, use) {
      throwIfAborted(signal);
      const { machine } = facts;
      const askedAt = Date.now();
      const held = takeHeld(machine, options);
      report.past('freeze', askedAt, Date.now() - askedAt);
      try {
        if (held.endedEarly) throw endedEarly(facts.location);
        throwIfAborted(signal);
        const value = await use({
          ancestors: [],
          root: {
            name: Buffer.from(facts.location.replace('memory://', '')),
            meta: madeUpMeta('dir', 0),
            children: () => disksOf(held.snapshot, parentBase),
            content: null,
            reusable: false,
          },
          unreadable: () => [],
        });
        throwIfAborted(signal);
        return {
          value,
          evidence: {
            hold: null,
            observation: null,
            agreement: null,
            atomic: { kind: 'disk', flushed: held.wasFlushed, oraclesPassed: true },
            flushedAt: held.wasFlushed ? msToInstant(askedAt) : null,
            stillPoint: msToInstant(askedAt),
            leftOut: [],
            leftOutTotal: 0,
            detail: { checkpoint: held.snapshot.checkpoint, base: held.snapshot.base },
            machine: { filesystem: 'disks', mountPoint: '', device: facts.device },
            rereadTotal: 0,
          },
        };
      } finally {
        held.snapshot.close();
      }
    },
  };
}

/** Synchronous from holding to letting go. */
function takeHeld(machine: MemoryMachine, options: MachineBackupOptions) {
  const wasFlushed = machine.hold();
  try {
    options.whileHeld?.();
    const endedEarly = wasFlushed && !machine.isHeld;
    return { snapshot: machine.snapshot(options.nextCheckpoint()), wasFlushed, endedEarly };
  } finally {
    machine.letGo();
  }
}

async function* disksOf(snapshot: MachineSnapshot, parentBase: string | undefined): AsyncIterable<StillEntry> {
  for (const disk of snapshot.disks)
    yield {
      name: Buffer.from(`${disk.disk}.raw`),
      meta: madeUpMeta('file', disk.blocks * diskBlockBytes),
      children: null,
      content: contentOf(snapshot, disk, parentBase),
      reusable: false,
    };
}

function contentOf(snapshot: MachineSnapshot, disk: DiskSnapshot, parentBase: string | undefined): StillContent {
  // A run that failed has used up its checkpoint: what the bitmap counts from may then be in no repository.
  const base = snapshot.base !== null && snapshot.base === parentBase ? snapshot.base : null;
  return {
    base,
    async readInto(sink, signal) {
      for (let index = 0; index < disk.blocks; index += 1) {
        throwIfAborted(signal);
        if (base !== null && !snapshot.isDirty(disk.disk, index)) await sink.same(diskBlockBytes);
        else {
          const block = disk.readBlock(index);
          if (block.every((byte) => byte === 0)) await sink.hole(block.length);
          else await sink.data(block);
        }
      }
      return { state: 'whole', meta: madeUpMeta('file', disk.blocks * diskBlockBytes) };
    },
  };
}

function endedEarly(location: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: `${location} ran again before its disks were snapshotted.`,
    guidance: 'This attempt is dropped. Try again.',
    retryable: true,
  });
}
