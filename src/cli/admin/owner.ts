import { and, eq } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readConfig, type Config } from '../../config.ts';
import type { Db, Store } from '../../db/store.ts';
import { defaultOrganisation } from '../../features/people/default-organisation.ts';
import { newId } from '../../lib/id.ts';
import { CliError } from '../command.ts';
import { openDatabase } from '../database.ts';
import { readPassword } from './password.ts';

const input = z.object({
  email: z.email('--email: not an e-mail address').transform((address) => address.toLowerCase()),
  name: z.string('--name: required for a new account').trim().min(1).max(100).optional(),
  password: z.boolean().default(false),
});

type Owner = { email: string; name: string | undefined; passwordHash: string | null };

export async function createOwner(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { email: { type: 'string' }, name: { type: 'string' }, password: { type: 'boolean' } } });
  const parsed = input.safeParse(values);
  if (!parsed.success) throw new CliError(parsed.error.issues[0]?.message ?? 'Say --email and --name.', 2);
  const { email, name, password: given } = parsed.data;
  const config = readConfig();
  const password = given ? await readPassword() : null;

  const store = await openDatabase(config);
  try {
    const exists = await hasAccount(store, email);
    if (!exists && name === undefined) throw new CliError(`There is no account ${email} yet; say --name to make one.`, 2);
    const generated = exists || password !== null ? null : randomBytes(15).toString('base64url');
    const chosen = password ?? generated;
    const passwordHash = chosen === null ? null : await hashOf(chosen);
    await store.tx((db) => makeOwner(db, store, config, { email, name, passwordHash }));
    console.log(exists ? `${email} is now owner and administrator.` : `Made ${email}, owner and administrator.`);
    if (exists && password !== null) console.log('The password was replaced; the account is signed out everywhere.');
    if (generated !== null) console.log(`The password, shown this once: ${generated}`);
    return 0;
  } finally {
    await store.close();
  }
}

/** Loaded here alone: every other command of the program would wait for it. */
async function hashOf(password: string): Promise<string> {
  const { hashPassword } = await import('better-auth/crypto');
  return hashPassword(password);
}

async function hasAccount({ read, tables: { user } }: Store, email: string): Promise<boolean> {
  return (await read.$count(user, eq(user.email, email))) > 0;
}

async function makeOwner(db: Db, store: Store, config: Config, { email, name, passwordHash }: Owner): Promise<void> {
  const { user } = store.tables;
  const at = new Date();
  const orgId = await defaultOrganisation(db, store.tables, config, at.getTime());
  await db
    .insert(user)
    .values({ id: newId(), email, name: name ?? email, emailVerified: true, role: 'admin', createdAt: at, updatedAt: at })
    .onConflictDoUpdate({ target: user.email, set: { role: 'admin', banned: false, banReason: null, banExpires: null, updatedAt: at } });
  const [person] = await db.select({ id: user.id }).from(user).where(eq(user.email, email));
  if (!person) throw new Error('the account was neither made nor found');
  await joinAsOwner(db, store, orgId, person.id, at);
  if (passwordHash !== null) await setPassword(db, store, person.id, passwordHash, at);
}

export async function joinAsOwner(db: Db, { tables: { member } }: Store, orgId: string, userId: string, at: Date): Promise<void> {
  await db
    .insert(member)
    .values({ id: newId(), organizationId: orgId, userId, role: 'owner', createdAt: at })
    .onConflictDoUpdate({ target: [member.organizationId, member.userId], set: { role: 'owner' } });
}

/** As better-auth stores it: one account row of the provider `credential`. Whoever knew the old password is signed out. */
async function setPassword(db: Db, { tables: { account, session } }: Store, userId: string, password: string, at: Date): Promise<void> {
  const own = and(eq(account.userId, userId), eq(account.providerId, 'credential'));
  const changed = await db.update(account).set({ password, updatedAt: at }).where(own).returning({ id: account.id });
  if (changed.length === 0) {
    await db.insert(account).values({ id: newId(), accountId: userId, providerId: 'credential', userId, password, createdAt: at, updatedAt: at });
  }
  await db.delete(session).where(eq(session.userId, userId));
}
