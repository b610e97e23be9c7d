/**
 * A helper that dies in the middle: `node crash-child.ts SOURCE RECORDS METHOD`, METHOD `btrfs` or `lvm`. Takes a snapshot, says `snapshot` once it is being
 * read, and waits to be killed.
 */
import { examineFolder } from '../../testing/examine-folder.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { createBtrfsSnapshot, createLvmSnapshot } from '../index.ts';

const [source = '', recordsFolder = '', name = 'btrfs'] = process.argv.slice(2);
const method = (name === 'lvm' ? createLvmSnapshot : createBtrfsSnapshot)({ recordsFolder });
await method.withStillView(
  await examineFolder(source),
  { longestStallMs: 250 },
  { signal: new AbortController().signal, report: recordingReporter() },
  async () => {
    process.stdout.write('snapshot\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
);
