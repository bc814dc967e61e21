/** The caller's side of a first call, with the official web SDK. `npm run demo` runs this file as it stands. */
import { doc, onSnapshot, type Firestore } from 'firebase/firestore';
import { httpsCallable, type Functions } from 'firebase/functions';

interface Media {
  readonly appId: string;
  readonly channel: string;
  readonly token: string;
  readonly uid: number;
}

/**
 * Rings a listener and joins the channel when they accept.
 * @param join joins with the media SDK and resolves when this party is in the channel
 * @returns the id of the connected call
 * @throws FirebaseError with what the backend refuses, also when the call was declined or not answered
 */
export async function firstCall(
  { functions, db }: { readonly functions: Functions; readonly db: Firestore },
  calleeId: string,
  join: (media: Media) => Promise<void>,
): Promise<string> {
  const ask = async (operation: string, input: object) =>
    (await httpsCallable<object, { callId: string; media: Media }>(functions, operation)(input)).data;
  // Keep the requestId for a retry: the same id never starts a second call.
  const requestId = crypto.randomUUID();
  const { callId } = await ask('calls/start', { calleeId, type: 'audio', requestId });
  await new Promise<void>((resolve, reject) => {
    const watched = (state: unknown) => {
      if (state === 'ringing') return;
      stop();
      resolve();
    };
    const stop = onSnapshot(doc(db, 'calls', callId), (call) => watched(call.get('state')), reject);
  });
  const { media } = await ask('calls/token', { callId });
  await join(media);
  await ask('calls/joined', { callId });
  return callId;
}
