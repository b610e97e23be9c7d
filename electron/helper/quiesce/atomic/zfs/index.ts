export { type ZfsParts, zfsDriver } from './zfs-driver.ts';
