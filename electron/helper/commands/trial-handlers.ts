import type { SourceId } from '../../../shared/domain/ids.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { sourceById } from '../authority/registry.ts';
import type { Handlers } from '../server/service.ts';
import type { FilesystemFacts } from '../sources/index.ts';
import type { HelperContext } from './context.ts';

type TrialHandlers = Pick<Handlers, Extract<keyof Handlers, `freeze.${string}`>>;

export function trialHandlers({ registry, caller, stages, root, holding }: HelperContext): TrialHandlers {
  async function factsOf(id: SourceId, signal: AbortSignal): Promise<FilesystemFacts> {
    const { spec, name } = sourceById(registry, caller.uid, id);
    if (spec.kind !== 'filesystem') throw notAFolder(name);
    return (await stages.examine(spec, signal)) as FilesystemFacts;
  }

  return {
    'freeze.trialState': async ({ sourceId }, { signal }) => {
      const state = root.state(await factsOf(sourceId, signal));
      return { ...state, obstacles: [...state.obstacles] };
    },
    'freeze.trial': async ({ sourceId }, { signal }) => root.tryOut(await factsOf(sourceId, signal), holding, signal),
    'freeze.skipTrial': async ({ sourceId }, { signal }) => root.skip(await factsOf(sourceId, signal)),
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
