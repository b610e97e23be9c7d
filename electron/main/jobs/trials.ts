import { betterPromises } from '../../../shared/domain/better-promises.ts';
import type { FreezeTrial, TrialState, TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { HelperCalls } from './ports.ts';
import type { SourceDirectory } from './source-directory.ts';

export interface TrialsOptions {
  readonly access: HelperCalls;
  readonly sources: Pick<SourceDirectory, 'get'>;
  /** Without the rights to hold anything a trial is out of the question, and nobody is asked. */
  readonly canFreeze: () => boolean;
  /** What is known of trials has changed. */
  readonly changed: () => void;
}

/**
 * Trials of the filesystem that the system runs from: made and skipped for the window, and known of registered sources, so
 * that a person is asked once, and again after a kernel change.
 */
export class Trials {
  readonly #options: TrialsOptions;
  #known: ReadonlyMap<SourceId, TrialState> = new Map();
  #lookedAt = '';
  readonly #underWay = new Set<{ readonly target: string; readonly stop: AbortController }>();

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  /** As the helper says; but where a trial would make nothing better, it is of no concern. */
  async stateOf(target: TrialTarget): Promise<TrialState> {
    const state = await this.#options.access.call('freeze.trialState', target);
    if (!state.isNeeded || (await this.#wouldHelp(target))) return state;
    return { ...state, concerns: false, isNeeded: false, obstacles: [] };
  }

  async #wouldHelp(target: TrialTarget): Promise<boolean> {
    const { access, sources } = this.#options;
    const asked = 'spec' in target ? { spec: target.spec, policy: {} } : await sources.get(target.sourceId);
    const { spec, policy } = asked;
    const { remedies } = betterPromises(await access.call('sources.preflight', { spec, policy }));
    return remedies.includes('trial');
  }

  /** Rejects where nothing was tried, with `cancelled` after `cancel`; a trial that failed is a result. */
  async tryOut(target: TrialTarget): Promise<FreezeTrial> {
    const underWay = { target: JSON.stringify(target), stop: new AbortController() };
    this.#underWay.add(underWay);
    try {
      const result = await this.#options.access.call('freeze.trial', target, { signal: underWay.stop.signal });
      this.#forget();
      return result;
    } finally {
      this.#underWay.delete(underWay);
    }
  }

  /** Asks the trials of this target to stop. It may be too late: how each ended is what `tryOut` says. */
  cancel(target: TrialTarget): void {
    for (const { target: tried, stop } of this.#underWay) if (tried === JSON.stringify(target)) stop.abort();
  }

  async skip(target: TrialTarget): Promise<FreezeTrial> {
    const result = await this.#options.access.call('freeze.skipTrial', target);
    this.#forget();
    return result;
  }

  /**
   * What is known of these sources by now. Waits for nobody: sources that were not looked at yet are, in the background, and
   * `changed` is called when that shows something. A helper that cannot tell is asked again when sources or rights change.
   */
  of(sources: readonly Source[]): ReadonlyMap<SourceId, TrialState> {
    const wanted = this.#options.canFreeze() ? JSON.stringify(sources.map(({ id, spec }) => [id, spec])) : '';
    if (wanted !== this.#lookedAt) {
      this.#lookedAt = wanted;
      void this.#look(wanted, wanted === '' ? [] : sources);
    }
    return this.#known;
  }

  async #look(wanted: string, sources: readonly Source[]): Promise<void> {
    const known = new Map<SourceId, TrialState>();
    // One after the other: each is a look at a whole source.
    for (const { id } of sources) {
      if (this.#lookedAt !== wanted) return;
      const state = await this.stateOf({ sourceId: id }).catch(() => undefined);
      if (state?.concerns) known.set(id, state);
    }
    if (this.#lookedAt !== wanted) return;
    const before = this.#known;
    this.#known = known;
    if (before.size > 0 || known.size > 0) this.#options.changed();
  }

  #forget(): void {
    this.#lookedAt = '?';
    this.#options.changed();
  }
}
