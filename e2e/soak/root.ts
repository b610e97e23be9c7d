import { GuestSilent, whyNoGuest } from '../guest/index.ts';
import { type CaseResult, runSoak } from '../harness/soak.ts';
import { rootSeries } from './root/case.ts';
import { AgainOnce, NodeFaulted } from './root/node-faults.ts';
import { type RootPlace, withRootPlace } from './root/place.ts';

// Holds the filesystem everything is on, five hundred times, in a guest that runs from it, with services writing to it, and
// with helper, guard and witness killed and stopped. A guest that hangs is a finding; the next case has a new one.

const missing = whyNoGuest();
if (missing !== undefined) throw new Error(`soak root ${missing}`);

/** The guest of the moment, kept from case to case. */
class Place {
  #opened: { place: RootPlace; close(): Promise<void> } | undefined;

  /** Of five hundred cases one may be played again, and says so. */
  readonly #again = new AgainOnce();

  async use(work: (place: RootPlace) => Promise<CaseResult>): Promise<CaseResult> {
    const wasUsed = this.#again.isUsed;
    const result = await this.#again.run(() => this.#useOnce(work));
    return wasUsed === this.#again.isUsed ? result : { ...result, facts: { ...result.facts, playedAgain: true } };
  }

  async #useOnce(work: (place: RootPlace) => Promise<CaseResult>): Promise<CaseResult> {
    // A guest that does not come up on a busy machine says nothing about holds.
    this.#opened ??= await open().catch(() => open());
    try {
      const result = await work(this.#opened.place);
      if (await this.#opened.place.guest.answers(30_000)) return result;
      throw new GuestSilent('the guest does not answer after the case');
    } catch (error) {
      if (error instanceof NodeFaulted && !this.#again.isUsed) {
        await this.close();
        throw error;
      }
      // Slow is not hung: whose root can still be written goes on.
      const isWritten = this.#opened.place.guest.writesToRoot(120_000);
      const hung = await isWritten.then(
        () => false,
        () => true,
      );
      await this.close();
      return { ok: false, facts: { hung, error: error instanceof Error ? error.message : String(error) } };
    }
  }

  async close(): Promise<void> {
    await this.#opened?.close();
    this.#opened = undefined;
  }
}

function open(): Promise<{ place: RootPlace; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const over = Promise.withResolvers<void>();
    const done = withRootPlace(async (place) => {
      console.log(`guest: up after ${Math.round(place.guest.bootMs)} ms`);
      const close = (): Promise<void> => {
        over.resolve();
        return done.catch(() => {});
      };
      resolve({ place, close });
      await over.promise;
    });
    done.catch(reject);
  });
}

const place = new Place();
try {
  const scenarios = rootSeries.map(({ name, count, at }) => ({
    name,
    count,
    run: (repetition: number) =>
      place.use(async ({ play }) => {
        const { faults, facts } = await play(at(repetition));
        return {
          ok: faults.length === 0,
          facts: { ...facts, ...(faults.length === 0 ? {} : { faults: faults.join('; ') }) },
        };
      }),
  }));
  await runSoak('root', scenarios, process.argv.slice(2));
} finally {
  await place.close();
}
