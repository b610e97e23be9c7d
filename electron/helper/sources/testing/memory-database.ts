/**
 * A small database in memory that works the way real ones do: a checkpoint file now and then, every write in a log that
 * only grows, and old files thrown away as soon as nobody holds them. Test kit: it shows that the contracts of sources and
 * quiesce methods carry a database.
 */
export class MemoryDatabase {
  readonly #files = new Map<string, Buffer>();
  #state = new Map<string, string>();
  #position = 0;
  #backup: { readonly checkpoint: number } | null = null;
  #checkpoint = 0;

  constructor() {
    this.checkpoint();
  }

  /** Number of the newest write: the database's own name for a moment. */
  get position(): number {
    return this.#position;
  }

  get isBackupOpen(): boolean {
    return this.#backup !== null;
  }

  get state(): ReadonlyMap<string, string> {
    return this.#state;
  }

  put(key: string, value: string): number {
    this.#position += 1;
    this.#state.set(key, value);
    const name = logName(this.#checkpoint);
    const line = Buffer.from(`${JSON.stringify([this.#position, key, value])}\n`);
    this.#files.set(name, Buffer.concat([this.#files.get(name) ?? Buffer.alloc(0), line]));
    return this.#position;
  }

  /** Writes everything into a new checkpoint file and begins a new log. */
  checkpoint(): void {
    this.#checkpoint = this.#position;
    this.#files.set(checkpointName(this.#position), Buffer.from(JSON.stringify([...this.#state])));
    this.#files.set(logName(this.#position), this.#files.get(logName(this.#position)) ?? Buffer.alloc(0));
    this.#collect();
  }

  /**
   * Names the files of the newest checkpoint and its log, and keeps them and all later logs until `endBackup`: they may be
   * copied at leisure while writes go on. The pin is the whole database's: a second backup is refused.
   */
  beginBackup(): { readonly position: number; readonly files: readonly string[] } {
    if (this.#backup !== null) throw new Error('a backup is under way already');
    this.#backup = { checkpoint: this.#checkpoint };
    return { position: this.#position, files: [checkpointName(this.#checkpoint), logName(this.#checkpoint)] };
  }

  endBackup(): void {
    this.#backup = null;
    this.#collect();
  }

  fileNames(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** As much of a file as there is now; the newest log is longer a moment later. */
  readFile(name: string): Buffer | undefined {
    return this.#files.get(name);
  }

  #collect(): void {
    const oldest = this.#backup?.checkpoint ?? this.#checkpoint;
    for (const name of this.#files.keys()) if (Number(name.split('.')[0]) < oldest) this.#files.delete(name);
  }
}

function checkpointName(position: number): string {
  return `${String(position).padStart(10, '0')}.snap`;
}

function logName(position: number): string {
  return `${String(position).padStart(10, '0')}.log`;
}

/**
 * The state after the write `until`, from the files of a backup. A checkpoint alone has its own moment and no other: any
 * later one needs the log up to there, and is refused without it.
 */
export function restoreDatabase(files: ReadonlyMap<string, Buffer>, until?: number): ReadonlyMap<string, string> {
  const checkpoint = [...files.keys()]
    .filter((name) => name.endsWith('.snap'))
    .sort()
    .at(-1);
  if (checkpoint === undefined) throw new Error('there is no checkpoint');
  const state = new Map(JSON.parse(files.get(checkpoint)?.toString() ?? '[]') as [string, string][]);
  let reached = Number(checkpoint.split('.')[0]);
  const logs = [...files.keys()].filter((name) => name.endsWith('.log')).sort();
  for (const log of logs)
    for (const line of files.get(log)?.toString().split('\n').filter(Boolean) ?? []) {
      const [position, key, value] = JSON.parse(line) as [number, string, string];
      if (position <= reached || (until !== undefined && position > until)) continue;
      if (position !== reached + 1) throw new Error(`the log misses the write ${reached + 1}`);
      state.set(key, value);
      reached = position;
    }
  if (until !== undefined && reached < until) throw new Error(`the log ends at ${reached}; ${until} was asked for`);
  return state;
}
