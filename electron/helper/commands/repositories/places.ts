import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { LineLimits } from '../../../../shared/domain/line-limits.ts';
import { locationText, type PlaceCredentials, type RepositoryLocation } from '../../../../shared/domain/location.ts';
import {
  type Backend,
  type Buckets,
  type FileOps,
  LocalBackend,
  openRemote,
  type RemotePlace,
  type RemotePorts,
  rateLimited,
} from '../../repository/index.ts';
import { type LineClock, lineBuckets } from './line-rates.ts';
import type { AsCaller } from './place.ts';
import { seesAtOnce } from './sees-at-once.ts';

export interface PlacesOptions {
  readonly fileOps: FileOps;
  readonly asCaller: AsCaller;
  readonly remotePorts: Omit<RemotePorts, 'buckets'>;
  /** How fast content may move to and from a registered repository. */
  readonly limitsOf?: ((id: RepositoryId) => LineLimits) | undefined;
  readonly lineClock?: LineClock | undefined;
  /** A place on a disk that writes and reads back on threads. */
  readonly onThreads?: ((local: Backend) => Backend) | undefined;
}

/** Whose limits hold at a place: nobody's before it is known which repository is there. */
interface Line {
  id?: RepositoryId;
}

/** A location with what its server wants. */
export interface PlaceAccess {
  readonly location: RepositoryLocation;
  readonly credentials?: PlaceCredentials | undefined;
}

/** Backends of locations. Connections of a registered repository are kept, for as long as this helper lives. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #kept = new Map<RepositoryId, { readonly key: string; readonly place: RemotePlace }>();
  readonly #lines = new WeakMap<RemotePlace, Line>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** For runs. Whoever opens a place that is not registered hands it to `keep`, or closes it. */
  open({ location, credentials }: PlaceAccess): RemotePlace {
    const line: Line = {};
    const buckets = lineBuckets(() => this.#limitsOn(line), this.#options.lineClock);
    const place =
      location.kind === 'local'
        ? samePlace(this.#local(location.path, buckets))
        : openRemote(location, credentials, { ...this.#options.remotePorts, buckets });
    this.#lines.set(place, line);
    return place;
  }

  /** Looks at a place that nothing is kept of. */
  async lookAt<Result>(access: PlaceAccess, look: (backend: Backend) => Promise<Result>): Promise<Result> {
    const place = this.open(access);
    try {
      return await look(place.quick);
    } finally {
      await place.close();
    }
  }

  /** The place of a registered repository; the same one as long as neither location nor credentials change. */
  of(id: RepositoryId, access: PlaceAccess): RemotePlace {
    const key = keyOf(access);
    const kept = this.#kept.get(id);
    if (kept?.key === key) return kept.place;
    const place = this.open(access);
    this.keep(id, access, place);
    return place;
  }

  keep(id: RepositoryId, access: PlaceAccess, place: RemotePlace): void {
    const line = this.#lines.get(place);
    if (line) line.id = id;
    const before = this.#kept.get(id);
    // A run that still uses the one before finishes with it; its connections end by themselves.
    if (before?.place !== place) this.#kept.set(id, { key: keyOf(access), place });
  }

  forget(id: RepositoryId): void {
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    void kept?.place.close();
  }

  close(): void {
    for (const id of [...this.#kept.keys()]) this.forget(id);
  }

  #limitsOn({ id }: Line): LineLimits {
    return (id === undefined ? undefined : this.#options.limitsOf?.(id)) ?? [];
  }

  #local(path: string, buckets: Buckets): Backend {
    const { fileOps, asCaller, onThreads } = this.#options;
    const local = new LocalBackend(path, fileOps, () => asCaller(() => seesAtOnce(path)));
    return rateLimited(onThreads?.(local) ?? local, buckets);
  }
}

function samePlace(backend: Backend): RemotePlace {
  return { backend, quick: backend, close: async () => {} };
}

/** In memory only. */
function keyOf({ location, credentials }: PlaceAccess): string {
  return `${locationText(location)} ${JSON.stringify([location, credentials ?? null])}`;
}
