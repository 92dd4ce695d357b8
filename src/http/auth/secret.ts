import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';

const SECRET_BYTES = 32;
const SECRET_MIN_CHARACTERS = 32;

/**
 * The secret that signs sessions: the configured one, or one that is made once and kept beside the data, readable by
 * its owner only. The file appears whole or not at all, and of two processes that start together one makes it.
 */
export async function authSecret(config: Pick<Config, 'authSecret' | 'dataDir'>): Promise<string> {
  if (config.authSecret) return config.authSecret;
  const path = join(config.dataDir, 'auth-secret');
  const secret = (await read(path)) ?? (await make(config.dataDir, path));
  if (secret.length < SECRET_MIN_CHARACTERS)
    throw new Error(`${path} is damaged: it must hold at least ${SECRET_MIN_CHARACTERS} characters. Restore it, or delete it to sign everybody out.`);
  return secret;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function make(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    // Some file systems have no links; there the last of several would win, and all but it would sign with another secret.
    if (!isCode(error, 'EEXIST')) await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return (await read(path)) ?? '';
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
