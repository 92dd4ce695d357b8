import { describe, expect, test } from 'bun:test';
import { resolve } from 'node:path';
import { generateVAPIDKeys } from 'web-push';
import { z } from 'zod';
import { ConfigError, configEntries, configSchema, envName, readConfig, sqliteFile, type ConfigInput } from '../../src/config.ts';

/** What somebody who starts the program reads. */
function complaintOf(overrides: ConfigInput, env: Record<string, string> = {}): string {
  try {
    readConfig(overrides, env);
    return 'none';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

const wholeNumbers = Object.entries(configSchema.shape).flatMap(([key, field]) => {
  const inner = field instanceof z.ZodDefault ? field.unwrap() : field;
  return inner instanceof z.ZodNumber ? [{ key, variable: envName(key), min: inner.minValue ?? 0, max: inner.maxValue ?? 0 }] : [];
});

describe('The configuration', () => {
  test('every entry has a unit, a sentence and a variable of its own', () => {
    const entries = configEntries();
    expect(entries.length).toBe(Object.keys(configSchema.shape).length);
    for (const { name, unit, description } of entries) {
      expect([name, /^[A-Z][A-Z0-9_]*$/.test(name), Boolean(unit), /^\S.*\.$/.test(description)]).toEqual([name, true, true, true]);
    }
    expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
  });

  test('the name of a duration or size ends in the unit that it is measured in', () => {
    const endings: Partial<Record<string, RegExp>> = { ms: /_MS$/, s: /_S$/, bytes: /_BYTES$/, 'code points': /_CODE_POINTS$/ };
    const wrong = configEntries().filter(({ name, unit }) => endings[unit] && !endings[unit].test(name));
    expect(wrong.map((entry) => entry.name)).toEqual([]);
  });

  test('the keys of Web Push come as a pair', () => {
    const [one, other] = [generateVAPIDKeys(), generateVAPIDKeys()];
    expect(complaintOf({ vapidPublicKey: one.publicKey })).toContain('VAPID_PUBLIC_KEY');
    expect(complaintOf({ vapidPrivateKey: one.privateKey })).toContain('VAPID_PRIVATE_KEY');
    for (const vapidPrivateKey of [other.privateKey, 'no key'])
      expect(complaintOf({ vapidPublicKey: one.publicKey, vapidPrivateKey })).toContain('VAPID_PRIVATE_KEY');
    expect(complaintOf({ vapidPublicKey: one.publicKey, vapidPrivateKey: one.privateKey })).toBe('none');
  });

  test('whatever holds a password or signs something is marked as secret, and nothing else is', () => {
    const secrets = configEntries().filter((entry) => entry.secret);
    expect(secrets.map((entry) => entry.name).sort()).toEqual([
      'AUTH_SECRET',
      'BUS_URL',
      'DATABASE_URL',
      'JWT_SECRET',
      'METRICS_TOKEN',
      'VAPID_PRIVATE_KEY',
    ]);
    for (const { name, secret } of configEntries()) if (/SECRET|PASSWORD|(?<!PUBLIC_)KEY$/.test(name)) expect([name, secret]).toEqual([name, true]);
  });

  test('starts with nothing set', () => {
    const config = readConfig({}, {});
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: `sqlite:${resolve('./data')}/chinwag.db`,
      rateLimits: true,
      allowedOrigins: [],
    });
    expect(sqliteFile(config)).toBe(resolve('./data/chinwag.db'));
  });

  test('the defaults of every number are within its own bounds, and the bounds pass', () => {
    expect(wholeNumbers.length).toBeGreaterThan(40);
    for (const { key, variable, min, max } of wholeNumbers) {
      for (const value of [min, max]) expect([variable, readConfig({}, { [variable]: String(value) })[key as 'port']]).toEqual([variable, value]);
    }
  });

  test('one below the least and one above the most are refused by the name of the variable', () => {
    for (const { variable, min, max } of wholeNumbers) {
      for (const value of [min - 1, max + 1])
        expect([variable, value, complaintOf({}, { [variable]: String(value) })]).toEqual([
          variable,
          value,
          expect.stringContaining(`  ${variable}: `),
        ]);
    }
  });

  test('what is no whole number is refused, and what is empty counts as not set', () => {
    for (const value of ['many', '1.5', 'NaN', 'Infinity', '3000;', '1e999'])
      expect([value, complaintOf({}, { PORT: value })]).toEqual([value, expect.stringContaining('  PORT: ')]);
    for (const value of ['', ' ', '\t']) expect([value, readConfig({}, { PORT: value }).port]).toEqual([value, 3000]);
  });

  test('flags and lists are read as people write them', () => {
    for (const [word, on] of [
      ['on', true],
      ['true', true],
      ['1', true],
      ['off', false],
      ['false', false],
      ['0', false],
    ] as const)
      expect(readConfig({}, { RATE_LIMITS: word }).rateLimits).toBe(on);
    expect(complaintOf({}, { RATE_LIMITS: 'perhaps' })).toContain('  RATE_LIMITS: ');
    expect(readConfig({}, { ALLOWED_ORIGINS: ' https://a.example , https://b.example:8443,' }).allowedOrigins).toEqual([
      'https://a.example',
      'https://b.example:8443',
    ]);
  });

  test('every wrong variable is named at once, whatever is wrong with it', () => {
    const wrong: Record<string, string> = {
      PORT: '70000',
      LOG_LEVEL: 'loud',
      PUBLIC_URL: 'ftp://chat.example',
      JWT_JWKS_URL: 'nowhere',
      TRUST_PROXY: 'maybe',
      DATABASE_URL: 'mysql://localhost/chat',
      AUTH_SECRET: 'short',
      JWT_SECRET: 'short',
      BUS_URL: 'redis://localhost',
      ALLOWED_ORIGINS: 'https://a.example/path',
    };
    const complaint = complaintOf({}, wrong);
    for (const name of Object.keys(wrong)) expect([name, complaint]).toEqual([name, expect.stringContaining(`  ${name}: `)]);
    for (const name of Object.keys(wrong))
      expect([name, complaintOf({}, { [name]: wrong[name] ?? '' })]).toEqual([name, expect.stringContaining(`  ${name}: `)]);
  });

  test('a complaint does not repeat a secret', () => {
    const complaint = complaintOf({}, { AUTH_SECRET: 'hush-hush', JWT_SECRET: 'hush-hush', DATABASE_URL: 'mysql://me:hush-hush@localhost/chat' });
    expect(complaint).not.toContain('hush');
  });

  test('Postgres asks for a secret that all machines share', () => {
    expect(complaintOf({ databaseUrl: 'postgres://localhost/chat' })).toContain('  AUTH_SECRET: ');
    expect(complaintOf({ databaseUrl: 'postgres://localhost/chat', authSecret: 'x'.repeat(32) })).toBe('none');
    expect(complaintOf({ databaseUrl: 'postgres://localhost/chat', authSecret: 'x'.repeat(31) })).toContain('  AUTH_SECRET: ');
  });
});
