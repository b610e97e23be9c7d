import '../ui/theme/controls.css';
import type { ReactNode } from 'react';
import { SourceChooser } from '../features/add-source/source-chooser.tsx';
import { emptyDraft, requiredLevelFor, specOf } from '../features/add-source/source-draft.ts';
import { TrialCard } from '../features/add-source/trial-card.tsx';
import { FileVersions } from '../features/browse/file-versions.tsx';
import { type FirstRunParts, FirstRunPartsProvider } from '../features/first-run/parts.ts';
import { PolicySections } from '../features/policy/policy-sections.tsx';
import { usePolicyWords } from '../features/policy/use-policy-words.ts';
import { PasswordForm } from '../features/repositories/password-form.tsx';
import { PlaceChooser } from '../features/repositories/place-chooser.tsx';
import { RecoverySheet } from '../features/repositories/recovery-sheet.tsx';
import { PutBackProvider } from '../features/restore/put-back.tsx';
import { type SearchParts, SearchPartsProvider } from '../features/search/parts.ts';
import { type PolicyParts, PolicyPartsProvider } from '../state/policy-parts.ts';
import { type StillParts, StillPartsProvider } from '../state/still-parts.ts';

const firstRunParts: FirstRunParts = {
  emptySource: emptyDraft,
  requiredLevelFor,
  specOf,
  SourceChooser,
  PlaceChooser,
  PasswordForm,
  RecoverySheet,
};

const searchParts: SearchParts = { FileVersions };

const policyParts: PolicyParts = { usePolicyWords, PolicySections };

const stillParts: StillParts = { TrialCard };

/** What one task borrows from another, handed over here because features never import each other. */
export function TaskParts({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <PolicyPartsProvider value={policyParts}>
      <FirstRunPartsProvider value={firstRunParts}>
        <SearchPartsProvider value={searchParts}>
          <StillPartsProvider value={stillParts}>
            <PutBackProvider>{children}</PutBackProvider>
          </StillPartsProvider>
        </SearchPartsProvider>
      </FirstRunPartsProvider>
    </PolicyPartsProvider>
  );
}
