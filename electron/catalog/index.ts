import { CatalogAnswers } from './answer.ts';
import { type CatalogMessage, damagedExitCode } from './contract.ts';
import { deleteDatabase, openDatabase } from './open-database.ts';
import { Statements } from './queries/statements.ts';

// The catalog process: a utilityProcess of main, one database, one request at a time.
process.umask(0o077);
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('the path of the catalog is missing');

const { database, fresh, problem } = openDatabase(path);
const answers = new CatalogAnswers(new Statements(database), () => {
  deleteDatabase(path);
  // After the answer is on its way. The next start makes a fresh catalog.
  setTimeout(() => process.exit(damagedExitCode), 100);
});

const post = (message: CatalogMessage): void => process.parentPort.postMessage(message);
process.parentPort.on('message', ({ data }: { data: unknown }) => post(answers.answer(data)));
process.on('exit', () => database.close());
// The way main ends it; closing brings the log of writes into the file.
process.once('SIGTERM', () => process.exit(0));
post({ type: 'opened', fresh, problem });
