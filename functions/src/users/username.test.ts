import { describe, expect, it } from '@jest/globals';
import { readUsername } from './username.ts';

const accepted: [string, { shown: string; key: string }][] = [
  ['Asha', { shown: 'Asha', key: 'asha' }],
  ['asha.k_2-b', { shown: 'asha.k_2-b', key: 'ashak2b' }],
  ['  asha ', { shown: 'asha', key: 'asha' }],
  ['abc', { shown: 'abc', key: 'abc' }],
  ['a'.repeat(30), { shown: 'a'.repeat(30), key: 'a'.repeat(30) }],
  ['7asha', { shown: '7asha', key: '7asha' }],
  ['asha12345', { shown: 'asha12345', key: 'asha12345' }],
  // A year, a random id, a moment in seconds and in milliseconds.
  ...['asha19900517', 'u3f120945', 'asha1795254994', 'asha_1795254994123'].map(
    (text): (typeof accepted)[number] => [text, { shown: text, key: text.replace('_', '') }],
  ),
  ['मीना_७', { shown: 'मीना_७', key: 'मीना७' }],
  ['தமிழ்', { shown: 'தமிழ்', key: 'தமிழ்' }],
  ['Ａｓｈａ', { shown: 'Asha', key: 'asha' }],
  ['José', { shown: 'José', key: 'josé' }],
  ['Jose\u0301', { shown: 'José', key: 'josé' }],
  ['Straße', { shown: 'Straße', key: 'strasse' }],
  ['Ларис', { shown: 'Ларис', key: 'ларис' }],
  ['𝒜𝓈𝒽𝒶', { shown: 'Asha', key: 'asha' }],
  ['helpful', { shown: 'helpful', key: 'helpful' }],
  ['systema', { shown: 'systema', key: 'systema' }],
];

const length = 'must have 3 to 30 characters';
const form = 'may have letters, digits, and single . _ - between them';
const refused: [string, string][] = [
  ['', length],
  ['  ', length],
  ['as', length],
  ['a'.repeat(31), length],
  // One character that stands for eighteen.
  ['\uFDFA\uFDFA', length],
  ['.asha', form],
  ['asha.', form],
  ['as..ha', form],
  ['as._ha', form],
  ['as ha', form],
  ['asha!', form],
  ['asha@example.com', form],
  ['as/ha', form],
  ['__asha__', form],
  ['👍👍👍', form],
  ['\u0301asha', form],
  ['a\u0316\u0317\u0318\u0319sha', form],
  ['as\u200Bha', form],
  ['as\u3164ha', form],
  ['as\u202Eha', form],
  ['as\uD800ha', form],
  ['12345', 'must have a letter'],
  ['asha9876543210', 'must not look like a phone number'],
  ['98765.43210a', 'must not look like a phone number'],
  ['asha-98.76.54-32.10', 'must not look like a phone number'],
  ['919876543210-asha', 'must not look like a phone number'],
  ['asha09876543210', 'must not look like a phone number'],
  ['asha00919876543210b', 'must not look like a phone number'],
  ['asha14155552671', 'must not look like a phone number'],
  ['asha९८७६५४३२१०', 'must not look like a phone number'],
  ['asha९८७६५43210', 'must not look like a phone number'],
  ['asha９８７６５４３２１０', 'must not look like a phone number'],
  // The second letter is Cyrillic.
  ['pаypal', 'must not mix alphabets'],
  ['admin', 'is reserved'],
  ['Admin', 'is reserved'],
  ['a.d.m.i.n', 'is reserved'],
  ['admin_007', 'is reserved'],
  ['ravi.official', 'is reserved'],
  ['EARSHOT', 'is reserved'],
  ['earshot-support', 'is reserved'],
  ['ＡＤＭＩＮ', 'is reserved'],
  ['oto78901', 'is reserved'],
  ['sys_tem', 'is reserved'],
];

describe('a username', () => {
  it.each(accepted)('%j is accepted', (text, expected) => {
    expect(readUsername(text, null)).toEqual(expected);
  });

  it.each(refused)('%j is refused', (text, problem) => {
    expect(readUsername(text, null)).toEqual({ problem });
  });

  it.each(['asha5550123', 'asha_447700_555_0123', 'a5550123z'])(
    '%j tells the number of its owner',
    (text) => {
      const problem = 'must not look like a phone number';
      expect(readUsername(text, '+447005550123')).toEqual({ problem });
      expect(readUsername(text, '+447005550124')).not.toHaveProperty('problem');
    },
  );

  it.each([
    ['asha', 'A.S-h_a'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['straße', 'STRASSE'],
    ['José', 'jose\u0301'],
  ])('%j and %j are the same', (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each([
    ['asha', 'asho'],
    ['asha1', 'asha2'],
    ['jose', 'josé'],
  ])('%j and %j are not', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });
});

function keyOf(text: string): string {
  const read = readUsername(text, null);
  if ('problem' in read) throw new Error(`${text} ${read.problem}`);
  return read.key;
}
