import { hostileSuite } from './testing/hostile-suite.ts';

hostileSuite(undefined);
