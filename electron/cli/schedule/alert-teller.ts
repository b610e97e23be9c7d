import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type AlertFacts, AlertOutbox, alertAbout, alertSender } from '../../alerts/index.ts';
import { ownFolder, replaceDurably } from '../../schedule/durable.ts';
import type { Look } from '../../schedule/index.ts';
import type { Session } from '../session.ts';
import { readAlertsFile } from './alerts-file.ts';

/** What was told of a source last: what goes on is told once, and that it is over too. */
const toldSchema = z.record(z.string(), z.enum(['failed', 'late', 'weaker', 'ok']));
type Told = z.infer<typeof toldSchema>;

/** Failures for somebody who is away. What could not be sent is kept and sent with the next look. */
export class AlertTeller {
  readonly #folder: string;
  readonly #session: Session;
  readonly #path: string;
  readonly #outbox: AlertOutbox;
  #telling: Promise<void> = Promise.resolve();

  /** Throws `wrong-usage` for a file that is not as it must be. */
  constructor(path: string, folder: string, session: Session) {
    this.#path = path;
    this.#folder = folder;
    this.#session = session;
    readAlertsFile(path);
    this.#outbox = new AlertOutbox({
      folder: join(folder, 'outbox'),
      adapter: alertSender(),
      channels: async () => readAlertsFile(path),
      now: () => Date.now(),
      report: (what, error) => this.#problem(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    });
  }

  /** Never rejects: that an alert could not be sent is said, and is no failure of a backup. */
  tell(look: Look, isLate: boolean): Promise<void> {
    this.#telling = this.#telling
      .then(() => this.#tell(look, isLate))
      .catch((error: unknown) => this.#problem(error instanceof Error ? error.message : String(error)));
    return this.#telling;
  }

  async #tell(look: Look, isLate: boolean): Promise<void> {
    const state = stateOf(look, isLate);
    const told = await this.#told();
    const before = told[look.source.id] ?? 'ok';
    if (state !== null && state !== before) {
      await this.#put({ event: state === 'ok' ? 'recovered' : state, ...factsOf(look) });
      await this.#keep({ ...told, [look.source.id]: state });
    }
    if (look.kind === 'ran' && state === 'ok') await this.#put({ event: 'succeeded', ...factsOf(look) });
    await this.#outbox.flush(this.#session.signal);
    for (const { channel } of readAlertsFile(this.#path)) {
      const { waiting } = await this.#outbox.state(channel.id);
      if (waiting > 0) this.#problem(`${waiting} for ${channel.kind} ${channel.id} could not be sent yet.`);
    }
  }

  async #put(facts: AlertFacts): Promise<void> {
    const enabled = readAlertsFile(this.#path).filter(({ channel }) => channel.enabled);
    // A watchdog must hear of every success; people need not.
    const wanted = enabled.filter(({ channel }) => facts.event !== 'succeeded' || channel.kind === 'healthchecks');
    await this.#outbox.put(
      alertAbout(facts),
      wanted.map(({ channel }) => channel.id),
    );
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

/** Null: it says nothing new. */
function stateOf(look: Look, isLate: boolean): Told[string] | null {
  if (look.kind === 'problem') return 'failed';
  if (look.kind === 'ran') {
    const { outcome, warnings } = look.result;
    if (outcome === 'failed' || outcome === 'interrupted') return 'failed';
    if (warnings.some(({ code }) => code === 'weaker-than-required')) return 'weaker';
    if (outcome === 'done' || outcome === 'warnings') return 'ok';
  }
  return isLate ? 'late' : null;
}

function factsOf(look: Look): Omit<AlertFacts, 'event'> {
  const error = look.kind === 'problem' ? look.error : look.kind === 'ran' ? look.result.error : null;
  // Names of files are nobody's business where it is read.
  const detail = error === null ? '' : `${error.message} ${error.guidance}`.trim().replaceAll(/\/[^\s,;]+/g, '…');
  return { sourceName: look.source.name, hostname: hostname(), at: Date.now(), detail };
}
