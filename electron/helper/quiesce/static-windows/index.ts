export { StaticWindows, type StaticWindowsOptions } from './static-windows.ts';
