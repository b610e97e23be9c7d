import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StillpointError } from '../../../shared/errors/index.ts';
import { replaceDurably } from '../../schedule/durable.ts';
import { isOwnFolder, ownFolder } from '../../schedule/own-folder.ts';
import { type ChannelState, channelStateSchema, freshState, type Waiting, waitingSchema } from './stored.ts';

/**
 * One file per alert and channel, named by what it is about, so that the app and the command line may both put and take:
 * every change is one rename, and the newer of two alerts about the same takes the place of the older.
 */
export class OutboxFolder {
  readonly #folder: string;
  readonly #report: (what: string, error: unknown) => void;

  constructor(folder: string, report: (what: string, error: unknown) => void) {
    this.#folder = folder;
    this.#report = report;
  }

  async put(waiting: Waiting): Promise<void> {
    await this.#write(nameOf(waiting), waiting);
  }

  /** Oldest first. What cannot be read is taken away, and told. */
  async list(): Promise<Waiting[]> {
    const waiting: Waiting[] = [];
    for (const name of await this.#names('alert-')) {
      const found = await this.#read(name, (json) => waitingSchema.parse(json));
      if (found !== null) waiting.push(found);
    }
    return waiting.sort((a, b) => a.putAt - b.putAt || a.alert.at - b.alert.at);
  }

  /** Takes away what was sent, unless something newer has its place. */
  async remove(sent: Waiting): Promise<void> {
    const now = await this.#read(nameOf(sent), (json) => waitingSchema.parse(json));
    if (now !== null && now.putAt === sent.putAt) await rm(join(this.#folder, nameOf(sent)), { force: true });
  }

  async state(channelId: string): Promise<ChannelState> {
    return (await this.#read(stateName(channelId), (json) => channelStateSchema.parse(json))) ?? freshState(channelId);
  }

  async setState(state: ChannelState): Promise<void> {
    await this.#write(stateName(state.channelId), state);
  }

  async forget(channelId: string): Promise<void> {
    if (!(await this.#isThere())) return;
    for (const waiting of await this.list()) if (waiting.channelId === channelId) await this.remove(waiting);
    await rm(join(this.#folder, stateName(channelId)), { force: true });
  }

  async #names(prefix: string): Promise<string[]> {
    if (!(await this.#isThere())) return [];
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw notKept(error);
    });
    await Promise.all(names.filter((name) => name.startsWith('.')).map((name) => this.#removeOld(name)));
    return names.filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
  }

  /** What an ended process left half written. Young ones may still be written. */
  async #removeOld(name: string): Promise<void> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > 3_600_000) await rm(path, { force: true });
  }

  async #read<Thing>(name: string, parse: (json: unknown) => Thing): Promise<Thing | null> {
    if (!(await this.#isThere())) return null;
    const path = join(this.#folder, name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isAbsent(error)) return null;
      throw notKept(error);
    }
    try {
      return parse(JSON.parse(text));
    } catch (error) {
      this.#report(`a damaged file in the outbox of alerts was taken away: ${name}`, error);
      await rm(path, { force: true });
      return null;
    }
  }

  async #write(name: string, thing: Waiting | ChannelState): Promise<void> {
    try {
      await ownFolder(this.#folder);
      await replaceDurably(join(this.#folder, name), JSON.stringify(thing));
    } catch (error) {
      throw notKept(error);
    }
  }

  /** What somebody else put in its place is neither read nor tidied up. */
  async #isThere(): Promise<boolean> {
    return isOwnFolder(this.#folder).catch((error: unknown) => {
      throw notKept(error);
    });
  }
}

/** The same for the same event of the same source over the same channel. */
function nameOf({ channelId, alert }: Waiting): string {
  const about = JSON.stringify([channelId, alert.event, alert.sourceName]);
  return `alert-${createHash('sha256').update(about).digest('hex').slice(0, 32)}.json`;
}

function stateName(channelId: string): string {
  return `channel-${createHash('sha256').update(channelId).digest('hex').slice(0, 32)}.json`;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function notKept(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `Messages to somebody who is away cannot be kept.${cause instanceof StillpointError ? ` ${cause.message}` : ''}`,
    guidance: 'Free some space, or make the folder of the app’s state writable.',
    retryable: true,
    cause,
  });
}
