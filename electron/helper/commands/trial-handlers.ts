import type { TrialState, TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import { describeSpec } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { sourceById } from '../authority/registry.ts';
import type { Handlers } from '../server/service.ts';
import type { FilesystemFacts, GroupFacts } from '../sources/index.ts';
import type { HelperContext } from './context.ts';

type TrialHandlers = Pick<Handlers, Extract<keyof Handlers, `freeze.${string}`>>;

type Held = FilesystemFacts | GroupFacts;

/**
 * A trial is of one filesystem. Of several places it is of the first that still needs one: once it has passed, the next is asked
 * about.
 */
export function trialHandlers({ registry, caller, stages, root, holding }: HelperContext): TrialHandlers {
  async function placesOf(target: TrialTarget, signal: AbortSignal): Promise<readonly FilesystemFacts[]> {
    const { spec, name } =
      'spec' in target
        ? { spec: target.spec, name: describeSpec(target.spec) }
        : sourceById(registry, caller.uid, target.sourceId);
    if (spec.kind !== 'filesystem' && spec.kind !== 'group') throw notAFolder(name);
    const facts = (await stages.examine(spec, signal)) as Held;
    return facts.kind === 'group' ? facts.members : [facts];
  }

  async function placeToTry(target: TrialTarget, signal: AbortSignal): Promise<FilesystemFacts> {
    const places = await placesOf(target, signal);
    const [only] = places;
    return only !== undefined && places.length === 1 ? only : statesOf(places).first.facts;
  }

  /** Each with what is known of it, the one to be asked about first; the others that need one, or stand in the way, too. */
  function statesOf(places: readonly FilesystemFacts[]) {
    const states = places.map((facts) => ({ facts, state: root.state(facts) }));
    const concerned = states.filter(({ state }) => state.concerns);
    const first = concerned.find(({ state }) => state.isNeeded) ?? concerned[0] ?? states[0];
    if (first === undefined) throw new Error('a source has no place');
    return { first, concerned };
  }

  return {
    'freeze.trialState': async (target, { signal }): Promise<TrialState> => {
      const { first, concerned } = statesOf(await placesOf(target, signal));
      const { obstacles, ...state } = first.state;
      // What a trial cannot help at one of them keeps all from being held.
      const isHelped = concerned.every((each) => each.state.isNeeded || each.state.obstacles.length === 0);
      return {
        ...state,
        isNeeded: state.isNeeded && isHelped,
        obstacles: [...new Set([...obstacles, ...concerned.flatMap((each) => each.state.obstacles)])],
        kernel: stages.kernel,
        mountPoint: first.facts.mountPoint,
      };
    },
    'freeze.trial': async (target, { signal }) => root.tryOut(await placeToTry(target, signal), holding, signal),
    'freeze.skipTrial': async (target, { signal }) => root.skip(await placeToTry(target, signal)),
  };
}

function notAFolder(name: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'sourceId',
    message: `${name} is no folder; nothing of this computer's own is held still for it.`,
    guidance: 'Back it up; it needs no test.',
  });
}
