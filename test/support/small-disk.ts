import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallDisk = {
  folder: string;
  /** Another file takes the room until only so much is left. */
  fill(roomBytes: number): void;
  empty(): void;
  remove(): void;
};

/** A file system of its own in memory; null where this user may not mount one. */
export function smallDisk(bytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-disk-'));
  const ballast = join(folder, 'ballast');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (!asRoot('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=1777`, 'tmpfs', folder)) {
    remove();
    return null;
  }
  return {
    folder,
    fill(roomBytes) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - roomBytes));
    },
    empty: () => rmSync(ballast),
    remove() {
      asRoot('umount', folder);
      remove();
    },
  };
}

export function asRoot(...command: string[]): boolean {
  const root = process.getuid?.() === 0;
  return Bun.spawnSync(root ? command : ['sudo', '-n', ...command], { stderr: 'ignore' }).success;
}
