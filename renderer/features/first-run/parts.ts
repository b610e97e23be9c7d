import { type ComponentType, createContext, useContext } from 'react';
import type { ExcludePreset } from '../../../shared/domain/excludes/presets.ts';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';

interface FirstPart {
  readonly path: string;
  readonly excludes: readonly string[];
  readonly excludePresets: readonly ExcludePreset[];
  readonly ignoreText: string;
}

export interface FirstSource extends FirstPart {
  readonly name: string;
  readonly nameTyped: boolean;
  readonly others: readonly FirstPart[];
}

export interface PlaceNames {
  readonly home: string;
  readonly system: string;
}

export type PlaceWish = 'create' | 'adopt';

export interface FirstPlace {
  readonly path: string;
  readonly probe: PlaceProbe;
  readonly wish: PlaceWish;
}

export interface FirstPassword {
  readonly password: string;
  readonly remember: boolean;
}

/**
 * What the first start borrows from other tasks: it is their way, walked once in one go. The app hands the parts in,
 * because a feature never imports another.
 */
export interface FirstRunParts {
  readonly emptySource: (path: string, home: string, names: PlaceNames) => FirstSource;
  readonly specOf: (source: FirstSource) => SourceSpec;
  readonly requiredLevelFor: (preflight: Preflight) => ConsistencyLevel;
  readonly SourceChooser: ComponentType<{
    readonly draft: FirstSource;
    readonly longestStallMs: number;
    readonly foldExcludes: boolean;
    readonly onChange: (draft: FirstSource) => void;
    readonly onPreflight: (preflight: Preflight | null) => void;
  }>;
  readonly PlaceChooser: ComponentType<{
    readonly wish: PlaceWish;
    readonly mayCreate: boolean;
    readonly sourceMountPoint: string | null;
    readonly onWish: (wish: PlaceWish) => void;
    readonly onChange: (place: FirstPlace | null) => void;
  }>;
  readonly PasswordForm: ComponentType<{
    readonly existing: boolean;
    readonly error?: string | undefined;
    readonly onChange: (given: FirstPassword | null) => void;
  }>;
  readonly RecoverySheet: ComponentType<{ readonly repositoryId: RepositoryId; readonly onKept: () => void }>;
}

const FirstRunPartsContext = createContext<FirstRunParts | null>(null);

export const FirstRunPartsProvider = FirstRunPartsContext.Provider;

export function useFirstRunParts(): FirstRunParts {
  const parts = useContext(FirstRunPartsContext);
  if (parts === null) throw new Error('FirstRunPartsProvider is missing above the first start');
  return parts;
}
