import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alerts.ts';
import { repositoryIdSchema, runIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { RunOutcome, RunWarning } from '../../../shared/domain/run.ts';
import { type Source, sourceSchema } from '../../../shared/domain/source.ts';
import { StillpointError, serializeError } from '../../../shared/errors/index.ts';
import { resultWithout } from '../../schedule/index.ts';
import { AlertTeller, type Seen } from './alert-teller.ts';

let folder: string;
let heard: string[];
let texts: string[];
let said: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-teller-'));
  heard = [];
  texts = [];
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const webhook = { kind: 'webhook', id: 'hook', enabled: true, name: 'hook' } as const;
const healthchecks = { kind: 'healthchecks', id: 'check', enabled: true, name: 'check' } as const;

/** One `run-due`: a process of its own, over what is kept. */
function teller(...channels: readonly object[]): AlertTeller {
  const path = join(folder, 'alerts.json');
  writeFileSync(path, JSON.stringify(channels.map((channel) => ({ channel, secret: 'secret' }))), { mode: 0o600 });
  const output = { result: (record: unknown) => said.push(record), runEvent: () => undefined, error: () => undefined };
  const send = async (alert: Alert, { kind }: { readonly kind: string }) => {
    heard.push(`${kind} ${alert.event} ${alert.sourceName}`);
    texts.push(alert.text);
    return { answer: 'heard' };
  };
  const session = { output, signal: new AbortController().signal };
  return new AlertTeller(path, join(folder, 'alerts'), session, { send });
}

const repositoryId = repositoryIdSchema.parse('a'.repeat(64));
const sourceNamed = (name: string): Source => {
  const spec = { kind: 'filesystem', path: `/${name}`, excludes: [] };
  return sourceSchema.parse({ id: name, name, spec, policy: defaultPolicy(repositoryId, 'per-file'), ownerUid: 0 });
};
const [papers, photos] = [sourceNamed('papers'), sourceNamed('photos')];
const both = [papers.id, photos.id];

function ran(source: Source, outcome: RunOutcome, warnings: RunWarning[] = [], error?: StillpointError): Seen {
  const runId = runIdSchema.parse('1'.repeat(32));
  const result = { ...resultWithout(runId, outcome, '', error ? serializeError(error) : null), warnings };
  return {
    look: { source, kind: 'ran', slot: 1, trigger: 'due', result, lost: [] },
    ...{ isLate: false, lastOutcome: outcome },
  };
}
const idle = (source: Source, lastOutcome: RunOutcome | null, isLate = false): Seen => ({
  look: { source, kind: 'idle', nextAt: null, lost: [] },
  ...{ isLate, lastOutcome },
});

it('never turns a check green while one of its sources fails, whichever is told first', async () => {
  for (const seen of [
    [ran(papers, 'done'), ran(photos, 'failed')],
    [ran(photos, 'failed'), ran(papers, 'done')],
    [ran(papers, 'done'), idle(photos, 'failed')],
  ]) {
    await teller(healthchecks).tell(seen, both);
  }
  expect(heard).toEqual(['healthchecks failed photos']);
  await teller(healthchecks).tell([ran(papers, 'failed')], both);
  await teller(healthchecks).tell([ran(papers, 'done')], both);
  expect(heard.slice(1)).toEqual(['healthchecks failed papers']);
  await teller(healthchecks).tell([idle(papers, 'done'), ran(photos, 'done')], both);
  expect(heard.slice(2)).toEqual(['healthchecks recovered photos', 'healthchecks succeeded photos']);
});

it.each(['late', 'weaker'] as const)('keeps a check from turning green while a source is %s', async (state) => {
  const weaker = [{ code: 'weaker-than-required', text: 'Weaker.' }];
  const bad = state === 'late' ? idle(photos, null, true) : ran(photos, 'warnings', weaker);
  await teller(healthchecks).tell([ran(papers, 'done'), bad], both);
  expect(heard).toEqual([`healthchecks ${state} photos`]);
});

it('is green again when what failed is not protected any more', async () => {
  await teller(healthchecks).tell([ran(photos, 'failed')], both);
  await teller(healthchecks).tell([ran(papers, 'done')], [papers.id]);
  expect(heard.at(-1)).toBe('healthchecks succeeded papers');
});

it('tells people what fails and that it is over, each once, and of no success', async () => {
  for (const outcome of ['done', 'failed', 'failed', 'done', 'done', 'failed'] as const) {
    await teller(webhook).tell([ran(papers, outcome)], both);
  }
  expect(heard).toEqual(['webhook failed papers', 'webhook recovered papers', 'webhook failed papers']);
});

it('hears that somebody else made the backup that had failed', async () => {
  await teller(webhook).tell([ran(papers, 'failed')], both);
  await teller(webhook).tell([idle(papers, 'failed')], both);
  expect(heard).toHaveLength(1);
  await teller(webhook).tell([idle(papers, 'done')], both);
  expect(heard.at(-1)).toBe('webhook recovered papers');
});

it('takes nothing for told while no channel is on', async () => {
  await teller({ ...webhook, enabled: false }).tell([ran(papers, 'failed')], both);
  expect(heard).toEqual([]);
  await teller(webhook).tell([ran(papers, 'failed')], both);
  expect(heard).toEqual(['webhook failed papers']);
});

it('tells no part of a path, whatever it is called', async () => {
  const message = 'The folder /home/me/my divorce, 2026; letters is not there.';
  const error = new StillpointError({ kind: 'source-absent', message, guidance: 'Mount it, and try again.' });
  await teller(webhook).tell([ran(papers, 'failed', [], error)], both);
  expect(texts[0]).toContain('See Stillpoint on that machine for what happened. Mount it, and try again.');
  expect(texts[0]).not.toMatch(/home|divorce|letters/);
  expect(said).toEqual([]);
});

it('goes on after what was kept is damaged: it tells too much rather than nothing', async () => {
  await teller(webhook).tell([ran(papers, 'failed')], both);
  writeFileSync(join(folder, 'alerts', 'told.json'), '{"papers":');
  await teller(webhook).tell([ran(papers, 'failed')], both);
  expect(heard).toEqual(['webhook failed papers', 'webhook failed papers']);
});
