import type { ElectronApplication } from '@playwright/test';

export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly checkbox: string;
}

/** Answers the app's questions by the words on a button, and keeps what was asked. */
export async function answerWith(
  app: ElectronApplication,
  button: string,
  { remember = false }: { readonly remember?: boolean } = {},
): Promise<{ readonly asked: () => Promise<Question[]> }> {
  await app.evaluate(
    ({ dialog }, [label, checkboxChecked]) => {
      const asked: Question[] = [];
      Object.assign(globalThis, { askedQuestions: asked });
      dialog.showMessageBox = (...given: unknown[]) => {
        const { message, detail, buttons, checkboxLabel } = given.at(-1) as Electron.MessageBoxOptions;
        asked.push({ message, detail: detail ?? '', buttons: buttons ?? [], checkbox: checkboxLabel ?? '' });
        return Promise.resolve({ response: (buttons ?? []).indexOf(label), checkboxChecked });
      };
    },
    [button, remember] as const,
  );
  return {
    asked: () => app.evaluate(() => (globalThis as unknown as { askedQuestions: Question[] }).askedQuestions),
  };
}
