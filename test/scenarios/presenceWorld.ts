/** What the scenarios of presence share: cards as feeds see them, beats as apps write them. */
import type { Firestore } from '@google-cloud/firestore';
import { doc, serverTimestamp, updateDoc } from 'firebase/firestore';
import type { Presence, PresenceUpdateInput, PresenceUpdateOutput } from '../../client/src/index.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import type { ListenerCard } from '../../functions/src/listeners/documents.ts';
import { readDocument, type Stack } from './support.ts';

/** Changes one's own presence. */
export async function update(
  phone: Phone,
  input: PresenceUpdateInput,
): Promise<PresenceUpdateOutput['presence']> {
  return (await phone.earshot.presence.update(input)).presence;
}

/** The presence of people, as one person is told it. */
export async function get(phone: Phone, userIds: readonly string[]): Promise<Presence[]> {
  return (await phone.earshot.presence.get({ userIds })).items;
}

/** A card as anybody reads it. */
export async function card(listener: Phone): Promise<ListenerCard> {
  return readDocument<ListenerCard>(listener, `listeners/${listener.uid}`);
}

/** What a card shows. */
export async function shown(listener: Phone): Promise<string> {
  return (await card(listener)).availability;
}

/** A beat as an app writes it, under the rules. */
export async function beat({ db, uid }: Phone): Promise<void> {
  await updateDoc(doc(db, `presence/${uid}`), { at: serverTimestamp() });
}

/** A feed: every state of one card that its watcher sees, in order. */
export class Feed {
  readonly states: string[] = [];
  readonly #stop: () => void;
  #woken: () => void = () => undefined;

  constructor(watcher: Phone, listener: Phone) {
    this.#stop = watcher.earshot.watchCard(listener.uid, (found) => {
      this.states.push(String(found?.availability));
      this.#woken();
    });
  }

  /** Waits until the feed has seen as many states. */
  async until(count: number): Promise<void> {
    while (this.states.length < count) await new Promise<void>((resolve) => (this.#woken = resolve));
  }

  stop(): void {
    this.#stop();
  }
}

/** Turns a feature on or off as an operator would in the console; it counts when the settings' cache has run out. */
export async function callableWhenAway(stack: Stack, on: boolean): Promise<void> {
  await stack.writeAsAdmin('config/features', { callableWhenAway: { booleanValue: on } });
  await stack.control.advance(31);
}

/** The server's fields of a presence, as an operator sees them. */
export async function stored(admin: Firestore, { uid }: Phone): Promise<Record<string, unknown>> {
  return (await admin.doc(`presence/${uid}`).get()).data() ?? {};
}
