/** Page by page: every card once, also among equals, and cursors that are not ours. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { adminOf } from './helpers.ts';
import { refusalOf } from './seenRefusal.ts';
import { inOrder, pagesOf, search, variedCards, writeCards } from './cardsOfTests.ts';
import { useStack, type SignedIn } from './support.ts';

const stack = useStack();
// Seven ratings for all: about twenty cards share one.
const cards = variedCards(137);
let caller: SignedIn;

beforeAll(async () => {
  [caller] = (await stack.people({ listeners: 0, callers: 1, coins: 10 })) as [SignedIn];
  await writeCards(adminOf(stack), cards);
});

describe('the pages', () => {
  it.each([1, 10, 20, 45, 100])(
    'of %i have every card once, best first',
    async (limit) => {
      const pages = await pagesOf(caller, { limit });
      expect(pages.flat()).toEqual(inOrder(cards));
      expect(pages.map(({ length }) => length)).toEqual([
        ...Array<number>(Math.floor(137 / limit)).fill(limit),
        ...(137 % limit === 0 ? [] : [137 % limit]),
      ]);
    },
    60_000,
  );

  it('of twenty come when nothing is said', async () => {
    expect((await search(caller)).items).toHaveLength(20);
  });

  it.each([1, 10, 45])('of %i skip no age and show none twice', async (limit) => {
    const fit = cards.filter(({ age }) => age >= 30 && age <= 33);
    expect(fit.length).toBeGreaterThan(5);
    const pages = await pagesOf(caller, { limit, ageMin: 30, ageMax: 33 });
    expect(pages.flat()).toEqual(inOrder(fit));
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
  });

  it('may be short or empty where hardly anybody fits, and end', async () => {
    // A page of one looks at fifteen cards.
    const pages = await pagesOf(caller, { limit: 1, ageMin: 150 });
    expect(pages).toEqual(Array.from({ length: 10 }, () => []));
  });

  it('go on after their place when the card there is gone, or has another rating', async () => {
    const { items, nextCursor } = await search(caller, { limit: 30 });
    const last = items.at(-1);
    const gone = cards.find(({ listenerId }) => listenerId === last?.listenerId);
    if (gone === undefined) throw new Error('a card was found that nobody has written');
    await adminOf(stack).doc(`listeners/${gone.listenerId}`).delete();
    const rest = await search(caller, { limit: 100, cursor: nextCursor });
    await writeCards(adminOf(stack), [gone]);
    expect(rest.items.map(({ listenerId }) => listenerId)).toEqual(inOrder(cards).slice(30, 130));
  });
});

describe('a search', () => {
  async function readsOf(wishes: Record<string, unknown>): Promise<number | undefined> {
    await stack.freeze();
    // The counts are fresh after this one.
    await search(caller);
    await stack.control.resetCounters();
    await search(caller, wishes);
    return (await stack.control.counters()).perOperation['listeners/search']?.reads;
  }

  it('reads the session, the counts, its page and one card more', async () => {
    expect(await readsOf({ limit: 20 })).toBe(2 + 21);
    expect(await readsOf({ limit: 20, language: 'hi', gender: 'female', minRating: 4 })).toBeLessThan(2 + 21);
  });

  it('reads at most five times a hundred cards, however few fit', async () => {
    expect(await readsOf({ limit: 100, ageMin: 150 })).toBe(2 + 137);
    expect(await readsOf({ limit: 1, ageMin: 150 })).toBe(2 + 5 * 3);
  });
});

function cursorOf(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

describe('a cursor', () => {
  it('of other filters is a place in the same order', async () => {
    const { nextCursor } = await search(caller, { limit: 100 });
    expect((await search(caller, { minRating: 5, cursor: nextCursor })).items).toEqual([]);
    const after = inOrder(cards).slice(100);
    const female = await pagesOf(caller, { limit: 100, gender: 'female' });
    const rest = await search(caller, { limit: 100, gender: 'female', cursor: nextCursor });
    expect(rest.items.map(({ listenerId }) => listenerId)).toEqual(
      female.flat().filter((id) => after.includes(id)),
    );
  });

  it('of another list is none of this one', async () => {
    const entries = await caller.earshot.wallet.transactions({ limit: 1 });
    expect(entries.nextCursor).toBeNull();
    const at = { t: Date.now() };
    await expectRefused(cursorOf([[at], `wallets/${caller.uid}/entries/some`]));
  });

  it.each([
    ['nothing', ''],
    ['no base64', '!!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['null', cursorOf(null)],
    ['an object', cursorOf({ rating: 5 })],
    ['no place', cursorOf([])],
    ['no values', cursorOf([[], 'listeners/a'])],
    ['a value too many', cursorOf([[5, 5], 'listeners/a'])],
    ['a value of another type', cursorOf([['5'], 'listeners/a'])],
    ['null as its value', cursorOf([[null], 'listeners/a'])],
    ['an instant', cursorOf([[{ t: 0 }], 'listeners/a'])],
    ['an object as its value', cursorOf([[{ $gt: 0 }], 'listeners/a'])],
    ['another collection', cursorOf([[5], 'users/a'])],
    ['a document below a card', cursorOf([[5], 'listeners/a/private/b'])],
    ['no document', cursorOf([[5], 'listeners/'])],
    ['a reserved name', cursorOf([[5], 'listeners/__a__'])],
    ['a way out', cursorOf([[5], 'listeners/../users/a'])],
    ['half a character', cursorOf([[5], 'listeners/\ud83d'])],
  ])('that holds %s is refused by name', async (_name, cursor) => expectRefused(cursor));

  it('that was cut or changed is refused, or a place like any other', async () => {
    const cursor = (await search(caller, { limit: 5 })).nextCursor ?? '';
    await expectRefused(cursor.slice(0, -4));
    const moved = cursorOf([[4.45], 'listeners/anybody']);
    const { items } = await search(caller, { cursor: moved, limit: 100 });
    expect(items.map(({ listenerId }) => listenerId)).toEqual(
      inOrder(cards.filter(({ rating }) => rating < 4.45)),
    );
  });
});

async function expectRefused(cursor: string): Promise<void> {
  const { code, details } = await refusalOf(search(caller, { cursor }));
  expect({ code, details }).toEqual({
    code: 'invalid-argument',
    details: {
      reason: 'INVALID_INPUT',
      issues: [{ path: 'cursor', message: 'not a cursor of this list' }],
    },
  });
}
