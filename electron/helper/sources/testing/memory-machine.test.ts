import { describe, expect, it } from 'vitest';
import { earnLevel } from '../../../../shared/domain/earn-level.ts';
import { describeMethodConformance, type MethodFixture } from '../../quiesce/testing/method-conformance.ts';
import { type ReadFile, readView } from '../../quiesce/testing/read-view.ts';
import { recordingReporter } from '../../quiesce/testing/recording-reporter.ts';
import { diskBlockBytes, MemoryMachine } from './memory-machine.ts';
import { type MemoryMachineFacts, memoryMachineBackup, memoryMachineSource } from './memory-machine-source.ts';

const { signal } = new AbortController();

function filled(): MemoryMachine {
  const machine = new MemoryMachine({ system: 8, data: 16 });
  machine.write('system', 0, 1);
  for (let block = 0; block < 16; block += 2) machine.write('data', block, 0x10 + block);
  return machine;
}

function examine(machine: MemoryMachine): Promise<MemoryMachineFacts> {
  const source = memoryMachineSource(new Map([['web', machine]]));
  return source.examine({ kind: 'memory-machine', name: 'web' }, { own: { paths: [] }, signal });
}

function counter(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `checkpoint-${count}`;
  };
}

async function open(): Promise<MethodFixture<MemoryMachineFacts>> {
  const machine = filled();
  const accident = { isDue: false };
  const whileHeld = (): void => {
    if (accident.isDue) machine.letGo();
    accident.isDue = false;
  };
  return {
    method: memoryMachineBackup({ nextCheckpoint: counter(), whileHeld }),
    facts: await examine(machine),
    lease: { longestStallMs: 10 },
    isHeld: () => machine.isHeld,
    leftovers: () => (machine.openSnapshots > 0 ? ['a snapshot of its disks is still open'] : []),
    endNextHoldEarly: () => {
      accident.isDue = true;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

describeMethodConformance('a machine whose agent holds it for its disks', open, { holdsWriters: true });

describe('a machine source', () => {
  function backUps(machine: MemoryMachine) {
    const method = memoryMachineBackup({ nextCheckpoint: counter() });
    const known = { version: undefined as string | undefined, content: new Map<string, Buffer>() };
    return async (whileReading: () => void = () => {}) => {
      const outcome = await method.withStillView(
        await examine(machine),
        { longestStallMs: 10 },
        { signal, report: recordingReporter(), parentBase: known.version },
        async (view) => {
          whileReading();
          return readView(view, signal, known.content);
        },
      );
      known.version = String(outcome.evidence.detail.checkpoint);
      known.content = new Map([...outcome.value].map(([name, { bytes }]) => [name, bytes]));
      return { files: outcome.value, evidence: outcome.evidence };
    };
  }

  const blockOf = (file: ReadFile | undefined, index: number): number | undefined =>
    file?.bytes[index * diskBlockBytes + 17];
  const sent = (file: ReadFile | undefined): number => (file?.bytes.length ?? 0) - (file?.same ?? 0);

  it('gives all disks of one instant, whatever is written while they are read', async () => {
    const machine = filled();
    const { files } = await backUps(machine)(() => {
      machine.write('data', 2, 0xee);
      machine.write('system', 0, 0xee);
      machine.write('data', 2, 0xef);
    });
    expect(blockOf(files.get('data.raw'), 2)).toBe(0x12);
    expect(blockOf(files.get('system.raw'), 0)).toBe(1);
  });

  it('sends only what was written since the base, and the result is the disk', async () => {
    const machine = filled();
    const backUp = backUps(machine);
    await backUp();
    machine.write('data', 5, 0x55);
    const { files } = await backUp();
    expect(sent(files.get('data.raw'))).toBe(diskBlockBytes);
    expect(sent(files.get('system.raw'))).toBe(0);
    expect(blockOf(files.get('data.raw'), 5)).toBe(0x55);
    expect(blockOf(files.get('data.raw'), 4)).toBe(0x14);
  });

  it('sends everything when the bitmap is lost, or counts from what nobody holds', async () => {
    const machine = filled();
    const backUp = backUps(machine);
    await backUp();
    machine.loseBitmap();
    expect(sent((await backUp()).files.get('data.raw'))).toBe(16 * diskBlockBytes);
    // Somebody else's run has moved the base meanwhile.
    await backUps(machine)();
    machine.write('data', 5, 0x56);
    const { files } = await backUp();
    expect(sent(files.get('data.raw'))).toBe(16 * diskBlockBytes);
    expect(blockOf(files.get('data.raw'), 5)).toBe(0x56);
  });

  it('earns less when nothing inside could be flushed', async () => {
    const machine = filled();
    machine.hasAgent = false;
    const { evidence } = await backUps(machine)();
    const { hold, observation, agreement, atomic } = evidence;
    const files = { ...{ files: 2, directories: 0, others: 0, bytes: 0, rereadTotal: 0, torn: [], tornTotal: 0 } };
    const nothingUnreadable = { unreadable: [], unreadableTotal: 0 };
    expect(earnLevel({ hold, observation, agreement, atomic, files: { ...files, ...nothingUnreadable } }).level).toBe(
      'crash',
    );
  });
});
