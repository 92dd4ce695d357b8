import fc from 'fast-check';

const SURROGATES_FROM = 0xd800;
const SURROGATES = 0x800;

/** Any code point. The unit `binary` of fast-check is the same, but makes a table of all million of them first, for a second and a half. */
export const anyChar = fc.nat({ max: 0x10ffff - SURROGATES }).map((n) => String.fromCodePoint(n < SURROGATES_FROM ? n : n + SURROGATES));

/** What means something to JavaScript where it is a key; fast-check's own strings have them, too. */
const DANGEROUS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'toLocaleString',
  'caller',
  'key',
  'ref',
];

export const anyString = (maxLength = Infinity): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.string({ unit: anyChar, ...(maxLength < Infinity && { maxLength }) }) },
    { weight: 1, arbitrary: fc.constantFrom(...DANGEROUS.filter((text) => text.length <= maxLength)) },
  );
