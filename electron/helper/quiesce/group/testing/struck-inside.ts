/**
 * Holds several folders' filesystems at one barrier and does to itself what it is told to between the freezes and the thaws:
 * `node struck-inside.ts GUARD SIGNAL LONGEST_STALL_MS FOLDER...`. Says `inside` right before.
 */
import { writeSync } from 'node:fs';
import { groupFacts } from '../../../sources/group/group-facts.ts';
import { createJournal } from '../../journal/index.ts';
import { precopySteps } from '../../precopy-freeze/index.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { freezeEnvironment } from '../../testing/freeze-environment.ts';
import { memoryAhead } from '../../testing/memory-ahead.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { createTrackers } from '../../tracking/index.ts';
import { createGroupPrecopy } from '../group-precopy.ts';

const [guardBinary = '', signal = 'SIGKILL', stall = '', ...folders] = process.argv.slice(2);
const journal = createJournal({ trackers: createTrackers() });
const environment = freezeEnvironment({ journal, guardBinary });
let frozen = 0;
const method = createGroupPrecopy(environment, {
  ...precopySteps,
  withFrozen: (guard, work) =>
    precopySteps.withFrozen(guard, (moment) => {
      frozen += 1;
      if (frozen === folders.length) {
        // A pipe: it lies on nothing that is held.
        writeSync(1, 'inside\n');
        process.kill(process.pid, signal);
      }
      return work(moment);
    }),
});
const facts = groupFacts(await Promise.all(folders.map((folder) => examineFolder(folder))));
const context = { signal: new AbortController().signal, report: recordingReporter(), ahead: memoryAhead() };
await method.withStillView(facts, { longestStallMs: Number(stall) }, context, async () => undefined);
