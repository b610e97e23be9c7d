import type { ReactNode } from 'react';
import { SourceChooser } from '../features/add-source/source-chooser.tsx';
import { emptyDraft, requiredLevelFor } from '../features/add-source/source-draft.ts';
import { type FirstRunParts, FirstRunPartsProvider } from '../features/first-run/parts.ts';
import { PasswordForm } from '../features/repositories/password-form.tsx';
import { PlaceChooser } from '../features/repositories/place-chooser.tsx';
import { RecoverySheet } from '../features/repositories/recovery-sheet.tsx';
import { PutBackProvider } from '../features/restore/put-back.tsx';

const firstRunParts: FirstRunParts = {
  emptySource: emptyDraft,
  requiredLevelFor,
  SourceChooser,
  PlaceChooser,
  PasswordForm,
  RecoverySheet,
};

/** What one task borrows from another, handed over here because features never import each other. */
export function TaskParts({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <FirstRunPartsProvider value={firstRunParts}>
      <PutBackProvider>{children}</PutBackProvider>
    </FirstRunPartsProvider>
  );
}
