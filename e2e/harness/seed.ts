import { expect, type Page } from '@playwright/test';
import type { IpcAnswer, IpcMethodName, IpcParams, IpcResult } from '../../shared/ipc/contract.ts';

/**
 * Asks main what the window asks it. For setting the scene in specs that are about something else; never to find out
 * what a spec asserts.
 */
export async function askMain<N extends IpcMethodName>(
  page: Page,
  name: N,
  params: IpcParams<N>,
): Promise<IpcResult<N>> {
  const answer = await page.evaluate(
    ([path, given]) => {
      const [group = '', leaf = ''] = path.split('.');
      const bridge = (window as unknown as { stillpoint: Record<string, Record<string, (params: unknown) => unknown>> })
        .stillpoint;
      const method = bridge[group]?.[leaf];
      if (method === undefined) throw new Error(`the bridge has no ${path}`);
      return method(given);
    },
    [name, params] as const,
  );
  const { ok, ...rest } = answer as IpcAnswer<N>;
  if (ok) return (rest as unknown as { value: IpcResult<N> }).value;
  throw new Error(`${name}: ${JSON.stringify(rest)}`);
}

export const password = 'correct horse battery staple';

export interface Protected {
  readonly sourceId: string;
  readonly repositoryId: string;
}

/** A repository and a source in it, as the first start makes them, without its questions; the window shows them. */
export async function protect(
  page: Page,
  folder: string,
  repository: string,
  options: {
    readonly name?: string;
    readonly longestStallMs?: number;
    /** MiB per second: a backup of much data then takes as long as a spec needs to meet it under way. */
    readonly liveReadMiBps?: number;
  } = {},
): Promise<Protected> {
  const made = await askMain(page, 'repositories.create', {
    name: 'Backups',
    location: { kind: 'local', path: repository },
    password,
    remember: false,
  });
  const source = await askMain(page, 'sources.add', {
    name: options.name ?? 'Home',
    spec: { kind: 'filesystem', path: folder, excludes: [], excludePresets: [], ignoreLines: [] },
    policy: {
      ...{ repositoryId: made.id, requiredLevel: 'per-file', longestStallMs: options.longestStallMs ?? 250 },
      liveReadMiBps: options.liveReadMiBps ?? null,
    },
  });
  await askMain(page, 'settings.set', { firstRunDone: true, selectedSourceId: source.id });
  await page.reload();
  return { sourceId: source.id, repositoryId: made.id };
}

/** One whole backup without clicking. */
export async function backUp(page: Page, { sourceId }: Protected): Promise<void> {
  const { runId } = await askMain(page, 'backup.start', { sourceId } as IpcParams<'backup.start'>);
  await expect
    .poll(async () => (await askMain(page, 'runs.get', { runId }))?.outcome ?? null, { timeout: 60_000 })
    .not.toBeNull();
}
