export type { Journal, JournalLoan } from './contract.ts';
export { createJournal, type DrainedSource, type JournalOptions, journalReasons } from './journal.ts';
