import { runSoak } from '../harness/soak.ts';
import { fuzzTargets } from './fuzz/fuzz-targets.ts';
import { watchedRun } from './fuzz/watched-run.ts';

// A million inputs: what is read from repositories, servers and sockets, changed at random, guided by coverage.

const inputsEach = 12_000;
const scenarios = fuzzTargets.map(({ name }) => ({
  name,
  count: 4,
  run: () => watchedRun(name, 1 + Math.floor(Math.random() * 2 ** 31), inputsEach),
}));
await runSoak('fuzz', scenarios, process.argv.slice(2));
