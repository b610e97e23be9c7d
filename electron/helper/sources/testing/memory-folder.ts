/** A folder that exists nowhere and keeps its own record of what changed since its last version. Paths like `a/b/c`. */
export class MemoryFolder {
  isHeld = false;
  /** Files that are longer by one byte whenever they are looked at: read, they never have the length they had. */
  readonly growing = new Set<string>();
  readonly #files = new Map<string, Buffer>();
  readonly #changed = new Set<string>();
  #version: string | null = null;
  #marked = 0;

  write(path: string, content: string | Buffer): void {
    if (this.isHeld) throw new Error('a writer got through although the folder is held');
    this.#files.set(path, Buffer.from(content));
    this.#changed.add(path);
  }

  read(path: string): Buffer {
    const content = this.#files.get(path);
    if (content === undefined) throw new Error(`there is no ${path}`);
    return content;
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** The last version marked; what was written since then is known. */
  get version(): string | null {
    return this.#version;
  }

  hasChanged(path: string): boolean {
    return this.#changed.has(path);
  }

  markVersion(): string {
    this.#marked += 1;
    this.#version = `v${this.#marked}`;
    this.#changed.clear();
    return this.#version;
  }
}
