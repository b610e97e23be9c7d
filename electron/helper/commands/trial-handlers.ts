import type { TrialTarget } from '../../../shared/domain/freeze-trial.ts';
import { describeSpec } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { sourceById } from '../authority/registry.ts';
import type { Handlers } from '../server/service.ts';
import type { FilesystemFacts } from '../sources/index.ts';
import type { HelperContext } from './context.ts';

type TrialHandlers = Pick<Handlers, Extract<keyof Handlers, `freeze.${string}`>>;

export function trialHandlers({ registry, caller, stages, root, holding }: HelperContext): TrialHandlers {
  async function factsOf(target: TrialTarget, signal: AbortSignal): Promise<FilesystemFacts> {
    const { spec, name } =
      'spec' in target
        ? { spec: target.spec, name: describeSpec(target.spec) }
        : sourceById(registry, caller.uid, target.sourceId);
    if (spec.kind !== 'filesystem') throw notAFolder(name);
    return (await stages.examine(spec, signal)) as FilesystemFacts;
  }

  return {
    'freeze.trialState': async (target, { signal }) => {
      const facts = await factsOf(target, signal);
      const { obstacles, ...state } = root.state(facts);
      return { ...state, obstacles: [...obstacles], kernel: stages.kernel, mountPoint: facts.mountPoint };
    },
    'freeze.trial': async (target, { signal }) => root.tryOut(await factsOf(target, signal), holding, signal),
    'freeze.skipTrial': async (target, { signal }) => root.skip(await factsOf(target, signal)),
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
