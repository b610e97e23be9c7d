import { closeSync, constants } from 'node:fs';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry, VisitEntry } from '../../sources/filesystem/tree.ts';
import type { Lanes } from './fingerprint.ts';
import type { Look } from './observation.ts';
import type { SeenEntry, Sightings } from './sightings.ts';
import { scanFolders } from './tree-scan.ts';
import type { SuspectFindings, WriterWatch } from './writer-watch.ts';

export interface FirstLookParts {
  readonly tree: OpenTree;
  readonly sightings: Sightings;
  /** Null where nobody can write, or where nothing could be ruled out anyway: then `findings` says so. */
  readonly writers: Pick<WriterWatch, 'visit' | 'findings'> | null;
  readonly findings: SuspectFindings;
  readonly signal: AbortSignal;
}

/**
 * The first look at a tree, made while its view is walked: each entry is looked at when its folder is listed, each file
 * asked for who writes to it before its content is read. What nobody walked is looked at when it is completed.
 *
 * It is worth a look of its own before anything is read: what the last look finds as it was at the first was so all the time
 * between, the reading of it included; and what changed before the first look, yet after the run began, bears a ctime that
 * is younger than its beginning.
 */
export class FirstLook {
  readonly #parts: FirstLookParts;
  readonly #unlisted = new Map<TreeEntry, SeenEntry>();
  readonly #unasked = new Set<FileInFolder>();
  readonly #root: SeenEntry;

  constructor(parts: FirstLookParts) {
    this.#parts = parts;
    this.#root = parts.sightings.root(parts.tree.lookAtRoot());
    this.#unlisted.set(this.#root.entry, this.#root);
  }

  get root(): SeenEntry {
    return this.#root;
  }

  /** Lists a folder for the view. Each of its files is to be given to `file`, and the folder to be let go of then. */
  list(folder: SeenEntry, visit: (entry: TreeEntry, dirFd: number, lanes: Lanes) => void): OpenFolder {
    const { tree, sightings } = this.#parts;
    this.#unlisted.delete(folder.entry);
    const { fd } = tree.listOpen(folder.entry, (entry, dirFd) => {
      const lanes = sightings.note(entry, folder.lanes);
      if ((entry.stat.mode & constants.S_IFMT) === constants.S_IFDIR) this.#unlisted.set(entry, { entry, lanes });
      visit(entry, dirFd, lanes);
    });
    return new OpenFolder(fd);
  }

  /** A regular file of an open folder, which stays open until the file was dealt with. */
  file(entry: TreeEntry, folder: OpenFolder): FileInFolder {
    const file = new FileInFolder(entry, folder, this.#dealtWith);
    this.#unasked.add(file);
    return file;
  }

  /** To be called once, after everything was read. */
  async complete(): Promise<Look> {
    const { tree, sightings, writers, findings, signal } = this.#parts;
    throwIfAborted(signal);
    for (const file of this.#unasked) file.ask();
    const onFile: VisitEntry = (entry, dirFd) => writers?.visit(entry, dirFd);
    await scanFolders(tree, [...this.#unlisted.values()], sightings, { signal, onFile });
    this.#unlisted.clear();
    return { scan: sightings.finish(), writers: writers?.findings(true) ?? findings };
  }

  /** Lets go of what is open. */
  close(): void {
    for (const file of this.#unasked) file.letGo();
  }

  readonly #dealtWith = (file: FileInFolder, isToBeAsked: boolean): void => {
    if (!this.#unasked.delete(file)) return;
    const { tree, writers } = this.#parts;
    const { fd } = file.folder;
    if (isToBeAsked && writers !== null && fd !== null) tree.files.run(() => writers.visit(file.entry, fd));
    file.folder.letGo();
  };
}

/** A folder's descriptor, closed by the last who lets go of it. */
export class OpenFolder {
  readonly fd: number | null;
  #holders = 1;

  constructor(fd: number | null) {
    this.fd = fd;
  }

  hold(): void {
    this.#holders += 1;
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && this.fd !== null) closeSync(this.fd);
  }
}

/** A file that nobody has been asked for yet. */
export class FileInFolder {
  readonly entry: TreeEntry;
  readonly folder: OpenFolder;
  readonly #dealtWith: (file: FileInFolder, isToBeAsked: boolean) => void;

  constructor(entry: TreeEntry, folder: OpenFolder, dealtWith: (file: FileInFolder, isToBeAsked: boolean) => void) {
    this.entry = entry;
    this.folder = folder;
    this.#dealtWith = dealtWith;
    folder.hold();
  }

  /** Asks who can write to it. No more than once; nothing where it was dealt with otherwise. */
  ask(): void {
    this.#dealtWith(this, true);
  }

  /** Somebody else has asked, and found nobody; or nobody needs to. */
  letGo(): void {
    this.#dealtWith(this, false);
  }
}
