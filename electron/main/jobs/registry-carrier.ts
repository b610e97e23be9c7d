import type { Repository } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { isStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import type { HelperCalls } from './ports.ts';

/** Whose registry a helper keeps: the user's own, or the root-owned one of a helper with more rights. */
export type RegistryKind = 'user' | 'root';

export interface RegistryNotes {
  readonly kind: RegistryKind;
  readonly sources: Source[];
  readonly repositories: Repository[];
  readonly removed: string[];
}

/** Where the notes are kept between starts. */
export interface RegistryNotesStore {
  load(): Promise<RegistryNotes | null>;
  save(notes: RegistryNotes): Promise<void>;
}

/**
 * A helper with more rights keeps a registry of its own. Whichever is used next is told what was changed in the other
 * since: what is missing or different is registered there too, what was removed is removed there. Between two helpers
 * of one kind nothing is told, so that what another program registered stays.
 */
export class RegistryCarrier {
  readonly #store: RegistryNotesStore;
  #notes: RegistryNotes | null | undefined;
  #noting: Promise<void> = Promise.resolve();

  constructor(store: RegistryNotesStore) {
    this.#store = store;
  }

  /**
   * Before a helper is used. Rejects when it does not take what it should know; it must not be used then. Between two of
   * one kind there is nothing to wait for. `mayAsk: false`: nobody is asked to agree to what is to be registered; where
   * somebody would have to, it rejects and names it.
   */
  async bringUp(
    helper: HelperCalls,
    kind: RegistryKind,
    { mayAsk }: { readonly mayAsk: boolean } = { mayAsk: true },
  ): Promise<void> {
    await this.#noting;
    const notes = await this.#load();
    if (notes === null || notes.kind === kind) {
      this.#noting = this.#note(helper, kind, notes?.removed ?? []).catch(() => undefined);
      return;
    }
    await tell(helper, notes, mayAsk);
    await this.#note(helper, kind, []);
  }

  /** After something was registered, changed or removed through the helper that is in use. */
  async changed(helper: HelperCalls, removedId?: string): Promise<void> {
    await this.#noting;
    const notes = await this.#load();
    if (!notes) return;
    await this.#note(helper, notes.kind, removedId === undefined ? notes.removed : [...notes.removed, removedId]);
  }

  async #load(): Promise<RegistryNotes | null> {
    if (this.#notes === undefined) this.#notes = await this.#store.load();
    return this.#notes;
  }

  async #note(helper: HelperCalls, kind: RegistryKind, removed: readonly string[]): Promise<void> {
    const { sources, repositories } = await registered(helper);
    const present = new Set<string>([...sources, ...repositories].map(({ id }) => id));
    this.#notes = { kind, sources, repositories, removed: removed.filter((id) => !present.has(id)) };
    await this.#store.save(this.#notes);
  }
}

async function registered(helper: HelperCalls): Promise<{ sources: Source[]; repositories: Repository[] }> {
  const [sources, repositories] = await Promise.all([
    helper.call('sources.list', {}),
    helper.call('repositories.list', {}),
  ]);
  return { sources, repositories };
}

async function tell(helper: HelperCalls, notes: RegistryNotes, mayAsk: boolean): Promise<void> {
  const known = await registered(helper);
  const missing = {
    sources: notes.sources.filter((source) => !known.sources.some((other) => sameSource(source, other))),
    repositories: notes.repositories.filter(
      (repository) => !known.repositories.some((other) => sameRepository(repository, other)),
    ),
  };
  if (missing.sources.length + missing.repositories.length > 0) {
    await helper.call('registry.import', missing, { mayAsk }).catch((error: unknown) => {
      throw mayAsk || !isStillpointError(error, 'authorization-refused') ? error : notAsked(missing, error);
    });
  }
  for (const { id } of known.sources)
    if (notes.removed.includes(id)) await helper.call('sources.remove', { id }, { mayAsk });
  for (const { id } of known.repositories) {
    if (notes.removed.includes(id)) await helper.call('repositories.remove', { id }, { mayAsk });
  }
}

function notAsked(missing: Pick<RegistryNotes, 'sources' | 'repositories'>, cause: unknown): StillpointError {
  const names = [...missing.sources, ...missing.repositories].map(({ name }) => name);
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return new StillpointError({
    kind: 'authorization-refused',
    message: `${shown} changed since, and an administrator has to agree to that first.`,
    guidance: 'Allow still points again in Settings; you are asked once.',
    retryable: true,
    cause,
  });
}

function sameSource(a: Source, b: Source): boolean {
  return a.id === b.id && JSON.stringify([a.name, a.spec, a.policy]) === JSON.stringify([b.name, b.spec, b.policy]);
}

/** Its key files are noted by each helper for itself; a change there is no reason to ask for consent. */
function sameRepository(a: Repository, b: Repository): boolean {
  return a.id === b.id && a.name === b.name && JSON.stringify(a.location) === JSON.stringify(b.location);
}
