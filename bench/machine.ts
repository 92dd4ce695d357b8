/** What the figures were measured on, and what a process takes of it. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { SQL } from 'bun';

export async function machine(postgres: string | undefined): Promise<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    bun: Bun.version,
    node: versionOf(['node', '--version']),
    ...(postgres && (await postgresOf(postgres))),
  };
}

function versionOf(command: string[]): string {
  return Bun.which(command[0] ?? '') ? Bun.spawnSync(command).stdout.toString().trim() : 'none';
}

async function postgresOf(url: string): Promise<Record<string, string>> {
  const sql = new SQL(url, { max: 1 });
  const [row] = await sql`select current_setting('server_version') as version, current_setting('synchronous_commit') as commit`;
  await sql.close();
  return { postgres: String(row.version), synchronousCommit: String(row.commit) };
}

/** Fails early where so many sockets are more than a process may open. */
export function requireFiles(sockets: number): void {
  const [, hard = ''] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const needed = sockets + 500;
  if (hard !== 'unlimited' && Number(hard) < needed)
    throw new Error(`${sockets} sockets need ${needed} open files and the hard limit is ${hard}: raise it, as root with \`ulimit -Hn ${needed}\`.`);
}

/** Bytes of a process that are its own, not the program's file: what grows with connections. */
export function ownBytes(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Anonymous') * 1024;
}

export function residentBytes(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') * 1024;
}

/** Memory of the kernel that cannot be given back, sockets among it: of the whole machine. */
export function kernelBytes(): number {
  const pages = Number(/TCP:.* mem (\d+)/.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? 0);
  return kilobytes(readFileSync('/proc/meminfo', 'utf8'), 'SUnreclaim') * 1024 + pages * 4096;
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}
