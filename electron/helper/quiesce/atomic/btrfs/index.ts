export { type BtrfsConditions, btrfsDriver } from './btrfs-driver.ts';
