/** Who wanted a run. Runs of before there were schedules were all asked for by a person. */
export const runTriggers = `
  ALTER TABLE runs ADD COLUMN run_trigger TEXT NOT NULL DEFAULT 'person';
`;
