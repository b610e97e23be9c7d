import { enableCompileCache } from 'node:module';
import { compiledFolder } from './compiled-folder.ts';

// Nothing else is loaded before this: what was compiled for an earlier command is not compiled again.
const folder = compiledFolder(process.env);
if (folder !== null) enableCompileCache(folder);
await import('./main.ts');
