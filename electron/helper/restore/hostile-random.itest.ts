import { hostileRandomSuite } from './testing/hostile-random-suite.ts';

hostileRandomSuite(undefined);
