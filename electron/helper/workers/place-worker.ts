import { parentPort, workerData } from 'node:worker_threads';
import { asStillpointError, serializeError } from '../../../shared/errors/index.ts';
// Not by the repository's door: behind it is all of the engine, and a thread that writes needs to load none of it.
import { LocalBackend } from '../repository/backend/local/local-backend.ts';
import type { FromPlaceThread, PlaceThreadData, ToPlaceThread } from './place-messages.ts';
import { repositoryFileOps } from './repository-file-ops.ts';

// A thread that writes packs and reads them back, with the rights of whoever the repository belongs to: it borrows them as
// the main thread does, around each call and for itself alone.

const { root, identity } = workerData as PlaceThreadData;
const port = parentPort;
if (port === null) throw new Error('this runs as a thread of the helper');
const place = new LocalBackend(root, repositoryFileOps(identity));

port.on('message', async (message: ToPlaceThread) => {
  port.postMessage(await answer(message));
});

async function answer({ number, file, bytes }: ToPlaceThread): Promise<FromPlaceThread> {
  try {
    if (bytes === undefined) return { number, digest: await place.digest(file) };
    await place.save(file, bytes);
    return { number, digest: undefined };
  } catch (error) {
    return { number, error: serializeError(asStillpointError(error)) };
  }
}
