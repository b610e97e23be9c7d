export type { Journal, JournalLoan } from './contract.ts';
export { createJournal, type JournalOptions, journalReasons } from './journal.ts';
export type { DrainedSource } from './kept-picture.ts';
export { rulesText } from './source-id.ts';
