import { NoAnswer } from './get.ts';

/** Those of the web; the rarer formats are decoders more that a stranger could aim at. */
const FORMATS = ['jpeg', 'png', 'webp'];
/** Pixels along the longer side: enough for the card on a screen with three of them to each. */
const EDGE = 240;
const QUALITY = 75;

/** A small copy, drawn anew: nothing of the file but its pixels is passed on. Its size is known before a pixel is unpacked. */
export async function smallCopy(picture: Uint8Array, maxPixels: number): Promise<Uint8Array> {
  const { format } = await new Bun.Image(picture, { maxPixels }).metadata();
  if (!FORMATS.includes(format)) throw new NoAnswer('another type');
  return new Bun.Image(picture, { maxPixels }).resize(EDGE, EDGE, { fit: 'inside', withoutEnlargement: true }).webp({ quality: QUALITY }).bytes();
}
