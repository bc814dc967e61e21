/** What a client may follow live, with exactly the queries that the rules allow. */
import type { Balance, Call, ListenerCard, Transaction } from '../api/index.ts';
import { signInRequired, type EarshotError } from '../error.ts';
import type { Documents, LiveQuery, PlainDocument, Session, Stop, Timers } from '../ports.ts';
import { keepOpen, type Fail, type Hear } from './keepOpen.ts';
import { balanceOf, callOf, cardOf, profileOf, transactionOf, type Profile } from './views.ts';

/** The rules grant no longer page. */
export const LONGEST_PAGE = 50;
const PAGE = 20;

/** Told once when following has come to an end that nobody asked for: what only passes is opened again instead. */
export type OnError = (error: EarshotError) => void;

export interface PageOptions {
  /** 1 to 50; 20 by default. */
  readonly limit?: number;
}

export interface FeedFilters extends PageOptions {
  /** Only who can be called now. */
  readonly availableOnly?: boolean;
  /** A code as on the cards, e.g. `en`. */
  readonly language?: string;
}

export interface LivePorts {
  /** Undefined where there is no Firestore. */
  readonly documents: Documents | undefined;
  readonly session: Session;
  readonly timers: Timers;
  /** Takes the errors that no callback was given for. */
  readonly onError: OnError;
}

/** Opens one listener. */
type Open = (
  documents: Documents,
  uid: string,
  via: { /** Passes on what comes. */ readonly hear: Hear; readonly fail: Fail },
) => Stop;

interface Following {
  readonly stop: Stop;
}

/** Live documents of whoever is signed in. When another person, or nobody, is signed in, they all fall silent. */
export class Live {
  readonly #ports: LivePorts;
  readonly #open = new Set<Following>();

  constructor(ports: LivePorts) {
    this.#ports = ports;
    ports.session.onChange(() => this.stopAll());
  }

  /** Ends everything that is followed. */
  stopAll(): void {
    for (const { stop } of this.#open) stop();
  }

  /** One call of yours; undefined when there is no such call any more. */
  watchCall(callId: string, onChange: (call: Call | undefined) => void, onError?: OnError): Stop {
    return this.#document((uid) => [`calls/${callId}`, (found) => callOf(found, uid)], onChange, onError);
  }

  /** The calls that ring for you now. */
  watchIncoming(onChange: (calls: Call[]) => void, onError?: OnError): Stop {
    const query = (uid: string): LiveQuery => ({
      path: 'calls',
      equals: [
        ['calleeId', uid],
        ['state', 'ringing'],
      ],
      limit: PAGE,
    });
    return this.#query(query, (found, uid) => callOf(found, uid), onChange, onError);
  }

  /** The calls you have made (`caller`) or received (`callee`), newest first. */
  watchHistory(
    role: 'caller' | 'callee',
    onChange: (calls: Call[]) => void,
    { onError, ...page }: PageOptions & { readonly onError?: OnError } = {},
  ): Stop {
    const query = (uid: string): LiveQuery => ({
      path: 'calls',
      equals: [[`${role}Id`, uid]],
      orderBy: ['createdAt', 'desc'],
      limit: pageOf(page),
    });
    return this.#query(query, (found, uid) => callOf(found, uid), onChange, onError);
  }

  /** The cards of listeners, best rated first. */
  watchFeed(filters: FeedFilters, onChange: (cards: ListenerCard[]) => void, onError?: OnError): Stop {
    const { availableOnly = false, language } = filters;
    const query: LiveQuery = {
      path: 'listeners',
      equals: [
        ...(availableOnly ? [['availability', 'available'] as const] : []),
        ...(language === undefined ? [] : [[`languageKeys.${language}`, true] as const]),
      ],
      orderBy: ['rating', 'desc'],
      limit: pageOf(filters),
    };
    return this.#query(() => query, cardOf, onChange, onError);
  }

  /** The card of one listener; undefined while they have none. */
  watchCard(listenerId: string, onChange: (card: ListenerCard | undefined) => void, onError?: OnError): Stop {
    return this.#document(() => [`listeners/${listenerId}`, cardOf], onChange, onError);
  }

  /** Your coins and earnings; undefined before you have registered. */
  watchWallet(onChange: (balance: Balance | undefined) => void, onError?: OnError): Stop {
    return this.#document((uid) => [`wallets/${uid}`, balanceOf], onChange, onError);
  }

  /** What moved your coins, newest first. */
  watchTransactions(
    onChange: (transactions: Transaction[]) => void,
    { onError, ...page }: PageOptions & { readonly onError?: OnError } = {},
  ): Stop {
    const query = (uid: string): LiveQuery => ({
      path: `wallets/${uid}/entries`,
      equals: [],
      orderBy: ['createdAt', 'desc'],
      limit: pageOf(page),
    });
    return this.#query(query, transactionOf, onChange, onError);
  }

  /** Your own profile; undefined before you have registered. */
  watchProfile(onChange: (profile: Profile | undefined) => void, onError?: OnError): Stop {
    return this.#document((uid) => [`users/${uid}`, profileOf], onChange, onError);
  }

  #document<T>(
    about: (uid: string) => readonly [path: string, view: (found: PlainDocument) => T],
    onChange: (value: T | undefined) => void,
    onError: OnError | undefined,
  ): Stop {
    return this.#follow(onError, (documents, uid, { hear, fail }) => {
      const [path, view] = about(uid);
      return documents.watch(
        path,
        hear((found) => onChange(found && view(found))),
        fail,
      );
    });
  }

  #query<T>(
    about: (uid: string) => LiveQuery,
    view: (found: PlainDocument, uid: string) => T,
    onChange: (values: T[]) => void,
    onError: OnError | undefined,
  ): Stop {
    return this.#follow(onError, (documents, uid, { hear, fail }) =>
      documents.watchAll(
        about(uid),
        hear((found) => onChange(found.map((one) => view(one, uid)))),
        fail,
      ),
    );
  }

  #follow(onError: OnError = this.#ports.onError, open: Open): Stop {
    const { documents, session, timers } = this.#ports;
    const uid = session.uid();
    if (documents === undefined) throw new Error('live documents need Firestore: give createEarshot an app');
    if (uid === undefined) {
      onError(signInRequired());
      return () => undefined;
    }
    let close: Stop | undefined;
    const following = {
      stop: () => {
        this.#open.delete(following);
        close?.();
        close = undefined;
      },
    };
    this.#open.add(following);
    const hearing = keepOpen({
      open: (hear, fail) => open(documents, uid, { hear, fail }),
      timers,
      onLasting: (error) => {
        if (!this.#open.has(following)) return;
        following.stop();
        onError(error);
      },
    });
    // It may have failed before there was anything to close.
    if (this.#open.has(following)) close = hearing;
    else hearing();
    return following.stop;
  }
}

function pageOf({ limit = PAGE }: PageOptions): number {
  return Math.min(Math.max(Math.trunc(limit), 1), LONGEST_PAGE);
}
