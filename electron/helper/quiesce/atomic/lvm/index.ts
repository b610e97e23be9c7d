export { type LvmParts, lvmDriver } from './lvm-driver.ts';
