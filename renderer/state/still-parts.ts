import { type ComponentType, createContext, useContext } from 'react';
import type { TrialTarget } from '../../shared/domain/freeze-trial.ts';

/** What other tasks borrow of adding a source. The app hands it in: features never import each other. */
export interface StillParts {
  /** The test of the filesystem that the system runs from; nothing where it does not concern the source. */
  readonly TrialCard: ComponentType<{
    readonly target: TrialTarget;
    readonly name: string | null;
    readonly onDone: () => void;
  }>;
}

const StillPartsContext = createContext<StillParts | null>(null);

export const StillPartsProvider = StillPartsContext.Provider;

export function useStillParts(): StillParts {
  const parts = useContext(StillPartsContext);
  if (parts === null) throw new Error('StillPartsProvider is missing above this task');
  return parts;
}
