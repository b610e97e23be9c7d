import type { ElectronApplication } from '@playwright/test';

const mostTries = 3;

/**
 * Now and then V8 clears away what the debugger waits for in the main process, and the answer is lost. What specs ask there
 * may be asked twice: it is asked again.
 */
export function withPatience(app: ElectronApplication): ElectronApplication {
  const evaluate = app.evaluate.bind(app) as (...args: readonly unknown[]) => Promise<unknown>;
  const patient = async (...args: readonly unknown[]): Promise<unknown> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await evaluate(...args);
      } catch (error) {
        if (tries === mostTries || !String(error).includes('promise was garbage collected')) throw error;
      }
    }
  };
  return Object.assign(app, { evaluate: patient as ElectronApplication['evaluate'] });
}
