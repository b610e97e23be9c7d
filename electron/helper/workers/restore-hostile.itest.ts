import { describe } from 'vitest';
import { hostileRandomSuite } from '../restore/testing/hostile-random-suite.ts';
import { hostileSuite } from '../restore/testing/hostile-suite.ts';
import { restoreThreads } from './restore-threads.ts';

describe('on threads', () => {
  const threads = restoreThreads({ identity: null, threads: 2 });
  hostileSuite(threads);
  hostileRandomSuite(threads);
});
