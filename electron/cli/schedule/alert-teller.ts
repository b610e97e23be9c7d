import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type AlertChannel, channelWants } from '../../../shared/domain/alerts.ts';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { RunOutcome } from '../../../shared/domain/run.ts';
import {
  type AlertAdapter,
  type AlertFacts,
  AlertOutbox,
  alertAbout,
  alertSender,
  withoutPaths,
} from '../../alerts/index.ts';
import { replaceDurably } from '../../schedule/durable.ts';
import type { Look } from '../../schedule/index.ts';
import { ownFolder } from '../../schedule/own-folder.ts';
import type { Session } from '../session.ts';
import { readAlertsFile } from './alerts-file.ts';

/** What was told of a source last: what goes on is told once, and that it is over too. */
const toldSchema = z.record(z.string(), z.enum(['failed', 'late', 'weaker', 'ok']));
type Told = z.infer<typeof toldSchema>;
type State = Told[string];

/** What a look showed of a source. */
export interface Seen {
  readonly look: Look;
  readonly isLate: boolean;
  /** How its newest backup ended, whoever made it; null: there is none, or it goes on. */
  readonly lastOutcome: RunOutcome | null;
}

/** Failures for somebody who is away. What could not be sent is kept and sent with the next look. */
export class AlertTeller {
  readonly #folder: string;
  readonly #session: Pick<Session, 'output' | 'signal'>;
  readonly #path: string;
  readonly #outbox: AlertOutbox;
  #telling: Promise<void> = Promise.resolve();

  /** Throws `wrong-usage` for a file that is not as it must be. */
  constructor(
    path: string,
    folder: string,
    session: Pick<Session, 'output' | 'signal'>,
    adapter: AlertAdapter = alertSender(),
  ) {
    this.#path = path;
    this.#folder = folder;
    this.#session = session;
    readAlertsFile(path);
    this.#outbox = new AlertOutbox({
      folder: join(folder, 'outbox'),
      adapter,
      channels: async () => readAlertsFile(path),
      now: () => Date.now(),
      report: (what, error) => this.#problem(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    });
  }

  /**
   * Of looks that were made together, with every source there is: one that is not among them is as it was told last. Never
   * rejects: that an alert could not be sent is said, and is no failure of a backup.
   */
  tell(seen: readonly Seen[], sources: readonly SourceId[]): Promise<void> {
    this.#telling = this.#telling
      .then(() => this.#tell(seen, sources))
      .catch((error: unknown) => this.#problem(error instanceof Error ? error.message : String(error)));
    return this.#telling;
  }

  async #tell(seen: readonly Seen[], sources: readonly SourceId[]): Promise<void> {
    const channels = readAlertsFile(this.#path).map(({ channel }) => channel);
    // Who adds a channel while something is wrong is told of it.
    if (channels.some(({ enabled }) => enabled)) await this.#putNews(seen, sources, channels);
    await this.#outbox.flush(this.#session.signal);
    for (const channel of channels) {
      const { waiting } = await this.#outbox.state(channel.id);
      if (waiting > 0) this.#problem(`${waiting} for ${channel.kind} ${channel.id} could not be sent yet.`);
    }
  }

  async #putNews(
    seen: readonly Seen[],
    sources: readonly SourceId[],
    channels: readonly AlertChannel[],
  ): Promise<void> {
    const before = await this.#told();
    const after = toldAfter(before, seen, sources);
    // One check stands for every source: none may turn it green while another is not safe.
    const everySourceIsSafe = Object.values(after).every((state) => state === 'ok');
    const put = async (facts: AlertFacts): Promise<void> => {
      const wanting = channels.filter((channel) => channelWants(channel, facts.event, everySourceIsSafe));
      await this.#outbox.put(
        alertAbout(facts),
        wanting.map(({ id }) => id),
      );
    };
    for (const { look } of seen) {
      const { id } = look.source;
      const state = after[id] ?? 'ok';
      if (state !== (before[id] ?? 'ok')) await put({ event: state === 'ok' ? 'recovered' : state, ...factsOf(look) });
      if (look.kind === 'ran' && state === 'ok') await put({ event: 'succeeded', ...factsOf(look) });
    }
    if (!isDeepStrictEqual(after, before)) await this.#keep(after);
  }

  /** A damaged list tells too much rather than nothing. */
  async #told(): Promise<Told> {
    const text = await readFile(join(this.#folder, 'told.json'), 'utf8').catch(() => '{}');
    try {
      return toldSchema.parse(JSON.parse(text));
    } catch {
      return {};
    }
  }

  async #keep(told: Told): Promise<void> {
    await ownFolder(this.#folder);
    await replaceDurably(join(this.#folder, 'told.json'), `${JSON.stringify(told)}\n`);
  }

  #problem(message: string): void {
    this.#session.output.result({ type: 'alert-problem', message }, `Alerts: ${message}`);
  }
}

/** What is told of each source that there is, once these looks are. */
function toldAfter(before: Told, seen: readonly Seen[], sources: readonly SourceId[]): Told {
  const after: Told = {};
  for (const id of sources) {
    const news = seen.findLast(({ look }) => look.source.id === id);
    const state = (news && stateOf(news, before[id] ?? 'ok')) ?? before[id];
    if (state !== undefined) after[id] = state;
  }
  return after;
}

/** Null: it says nothing new. */
function stateOf({ look, isLate, lastOutcome }: Seen, before: State): State | null {
  if (look.kind === 'problem') return 'failed';
  if (look.kind === 'ran') {
    const { outcome, warnings } = look.result;
    if (outcome === 'failed' || outcome === 'interrupted') return 'failed';
    if (warnings.some(({ code }) => code === 'weaker-than-required')) return 'weaker';
    if (outcome === 'done' || outcome === 'warnings') return 'ok';
  }
  if (isLate) return 'late';
  // The app, or a person, has made since what had failed here.
  return look.kind === 'idle' && lastOutcome === 'done' && before !== 'ok' ? 'ok' : null;
}

function factsOf(look: Look): Omit<AlertFacts, 'event'> {
  const error = look.kind === 'problem' ? look.error : look.kind === 'ran' ? look.result.error : null;
  const words = error === null ? [] : [error.message, error.guidance].filter((text) => text !== '');
  // Names of files are nobody's business where it is read.
  const detail = [...new Set(words.map((text) => sentence(withoutPaths(text))))].join(' ');
  return { sourceName: look.source.name, hostname: hostname(), at: Date.now(), detail };
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
