export const diskBlockBytes = 4096;

/** A disk's content at one instant: blocks written since are kept aside before they are overwritten. */
export interface DiskSnapshot {
  readonly disk: string;
  readonly blocks: number;
  readBlock(index: number): Buffer;
}

/**
 * A small virtual machine in memory: disks, an agent inside that can hold its filesystems, and a bitmap of the blocks
 * written since a checkpoint. Test kit: it shows that the contracts of sources and quiesce methods carry a machine.
 */
export class MemoryMachine {
  readonly #disks = new Map<string, Buffer[]>();
  readonly #dirty = new Map<string, Set<number>>();
  readonly #snapshots = new Set<OpenSnapshot>();
  #checkpoint: string | null = null;
  #isHeld = false;
  /** Whether the agent inside answers. */
  hasAgent = true;

  constructor(disks: Readonly<Record<string, number>>) {
    for (const [name, blocks] of Object.entries(disks)) {
      this.#disks.set(
        name,
        Array.from({ length: blocks }, () => Buffer.alloc(diskBlockBytes)),
      );
      this.#dirty.set(name, new Set());
    }
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  get openSnapshots(): number {
    return this.#snapshots.size;
  }

  /** Names the version the dirty bitmap counts from; null when there is none. */
  get checkpoint(): string | null {
    return this.#checkpoint;
  }

  get diskNames(): readonly string[] {
    return [...this.#disks.keys()];
  }

  blocksOf(disk: string): number {
    return this.#disks.get(disk)?.length ?? 0;
  }

  write(disk: string, index: number, fill: number): void {
    if (this.#isHeld) throw new Error('a write while the machine is held would have to wait');
    const blocks = this.#disks.get(disk);
    const old = blocks?.[index];
    if (blocks === undefined || old === undefined) throw new Error(`there is no block ${index} on ${disk}`);
    for (const snapshot of this.#snapshots) snapshot.keep(disk, index, old);
    blocks[index] = Buffer.alloc(diskBlockBytes, fill);
    this.#dirty.get(disk)?.add(index);
  }

  /** The agent flushes and holds the filesystems inside. False when there is no agent: then nothing is held. */
  hold(): boolean {
    this.#isHeld = this.hasAgent;
    return this.#isHeld;
  }

  letGo(): void {
    this.#isHeld = false;
  }

  /** All disks at this instant, with the blocks written since the last checkpoint; a new checkpoint begins. */
  snapshot(checkpoint: string): MachineSnapshot {
    const base = this.#checkpoint;
    const dirty = new Map([...this.#dirty].map(([disk, blocks]) => [disk, new Set(blocks)]));
    const open = new OpenSnapshot(this.#disks);
    this.#snapshots.add(open);
    for (const blocks of this.#dirty.values()) blocks.clear();
    this.#checkpoint = checkpoint;
    return {
      base,
      checkpoint,
      disks: this.diskNames.map((disk) => ({
        disk,
        blocks: this.blocksOf(disk),
        readBlock: (index) => open.read(disk, index),
      })),
      isDirty: (disk, index) => base === null || dirty.get(disk)?.has(index) === true,
      close: () => void this.#snapshots.delete(open),
    };
  }

  /** Forgets the bitmap, as a crash of the hypervisor does. */
  loseBitmap(): void {
    this.#checkpoint = null;
  }
}

export interface MachineSnapshot {
  /** Version that blocks which are not dirty are equal to. */
  readonly base: string | null;
  readonly checkpoint: string;
  readonly disks: readonly DiskSnapshot[];
  isDirty(disk: string, index: number): boolean;
  close(): void;
}

class OpenSnapshot {
  readonly #disks: ReadonlyMap<string, readonly Buffer[]>;
  readonly #kept = new Map<string, Buffer>();

  constructor(disks: ReadonlyMap<string, readonly Buffer[]>) {
    this.#disks = disks;
  }

  keep(disk: string, index: number, old: Buffer): void {
    const key = `${disk}:${index}`;
    if (!this.#kept.has(key)) this.#kept.set(key, old);
  }

  read(disk: string, index: number): Buffer {
    const block = this.#kept.get(`${disk}:${index}`) ?? this.#disks.get(disk)?.[index];
    if (block === undefined) throw new Error(`there is no block ${index} on ${disk}`);
    return block;
  }
}
