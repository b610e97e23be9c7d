import { LocalBackend } from '../backend/local/local-backend.ts';
import { openRepository } from '../open.ts';
import { testOptions } from './memory-repository.ts';
import { SeededRandom } from './seeded-random.ts';

/**
 * A process that stores blobs until it is killed: `run-writer.ts ROOT SEED`. Prints a line for each pack, so that the
 * test knows how far it came. The blobs are a function of the seed.
 */
const [root = '', seed = '1'] = process.argv.slice(2);
const repository = await openRepository(new LocalBackend(root), { ...testOptions, packTarget: 256 * 1024 });
const lock = await repository.locks.acquire({ mode: 'shared' });
const random = new SeededRandom(Number(seed));
const onProgress = ({ packsWritten }: { packsWritten: number }): void => void process.stdout.write(`${packsWritten}\n`);
await repository.withWriter(lock, { onProgress }, async (writer) => {
  for (;;) await writer.saveBlob('data', random.bytes(40_000));
});
