import { snapshotPathName } from '../../../../shared/domain/path-text.ts';
import { checkJob } from '../../jobs/check-job.ts';
import { previewOf, wantedBytes } from '../../jobs/preview.ts';
import { proofOf } from '../../jobs/proof.ts';
import { snapshotDetails } from '../../jobs/snapshot-details.ts';
import { fileBeginning, fileChunks } from '../../jobs/snapshot-files.ts';
import { unquoteName } from '../../jobs/unquote-name.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'announce' | 'care' | 'catalog' | 'now' | 'runs' | 'shell'>;

/** Enough to tell a picture from a text. */
const firstBytes = 4_096;

export function snapshotHandlers(services: Needs): HandlersOf<'snapshots' | 'search'> {
  const { access, announce, care, catalog, now, runs, shell } = services;
  return {
    'snapshots.details': (key) => snapshotDetails({ access, catalog }, key),
    'snapshots.tree': (params) => access.call('snapshots.tree', params),
    'snapshots.readText': async ({ path, ...key }) => {
      const first = await fileBeginning(access, key, path, firstBytes);
      const wanted = wantedBytes(first.bytes, first.size);
      const isEnough = first.bytes.length >= Math.min(wanted, first.size);
      const { bytes, size } = isEnough ? first : await fileBeginning(access, key, path, wanted);
      return previewOf(bytes, size);
    },
    'snapshots.saveFileAs': async ({ path, ...key }) => {
      const target = await shell.pickFileToSave('Save a file of the snapshot', unquoteName(snapshotPathName(path)));
      if (target !== null) await shell.writeChunks(target, fileChunks(access, key, path));
      return { path: target };
    },
    'snapshots.diff': (params) => access.call('snapshots.diff', params),
    'snapshots.setPinned': async ({ pinned, ...key }) => {
      const summary = await access.call('snapshots.setPinned', { ...key, pinned });
      const mark = await catalog.replaceSnapshot(key, summary);
      announce(['timeline', 'sources']);
      return mark;
    },
    'snapshots.remove': async (key) => {
      await access.call('snapshots.remove', key);
      await catalog.removeSnapshot(key);
      announce(['timeline', 'sources', 'repositories']);
      return {};
    },
    'snapshots.verify': async ({ repositoryId }) => {
      const { name } = await access.requireReady(repositoryId);
      return {
        runId: runs.start(
          checkJob(access, repositoryId, name, { readData: true }, (check) => care.made(repositoryId, check)),
        ),
      };
    },
    'snapshots.saveProof': async (key) => {
      const details = await snapshotDetails({ access, catalog }, key);
      const proof = proofOf(details, shell.version, now());
      const target = await shell.pickFileToSave('Save the proof of the snapshot', proof.suggestedName);
      if (target !== null) await shell.writeFile(target, proof.content);
      return { path: target };
    },
    'search.files': ({ text, limit }) => catalog.searchFiles(text, limit),
    'search.versions': ({ path, repositoryId }) => catalog.fileVersions(repositoryId, path),
  };
}
