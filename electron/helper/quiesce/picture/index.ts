export type {
  Look,
  NamedLook,
  Picture,
  PictureContent,
  PictureCounts,
  PictureFile,
  PictureVersion,
} from './contract.ts';
export { createPicture, type PictureOptions } from './picture.ts';
export { standInKey } from './stand-in-key.ts';
