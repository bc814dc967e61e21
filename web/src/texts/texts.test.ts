import { describe, expect, it } from '@jest/globals';
import en from './en.json';
import hi from './hi.json';

type Texts = { readonly [name: string]: string | Texts };

/** Every text under its whole name. */
function flat(texts: Texts, before = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, text]): [string, string][] =>
    typeof text === 'string' ? [[before + name, text]] : flat(text, `${before}${name}.`),
  );
}

const places = (text: string): string[] => (text.match(/\{\{\w+\}\}/gu) ?? []).toSorted();

describe('the texts', () => {
  const [english, hindi] = [flat(en), flat(hi)];

  it('are the same ones in both languages', () => {
    expect(hindi.map(([name]) => name)).toEqual(english.map(([name]) => name));
  });

  it('have the same values in them', () => {
    const translated = new Map(hindi);
    const differ = english.filter(
      ([name, text]) => places(text).join() !== places(translated.get(name) ?? '').join(),
    );
    expect(differ).toEqual([]);
  });

  it('are there', () => {
    expect([...english, ...hindi].filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
