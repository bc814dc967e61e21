/** The pushes that the stack recorded instead of sending them. */
import type { RecordedPush } from '../phone/control.ts';
import type { Phone } from '../phone/phone.ts';
import type { Stage } from './cast.ts';

/** @throws when no such push was sent */
export async function newestPush(
  { control }: Stage,
  phone: Phone,
  wanted: { readonly type: string; readonly callId: string },
): Promise<RecordedPush> {
  const push = (await control.pushes(phone.uid)).find((one) => isPush(one, wanted));
  if (push === undefined) throw new Error(`no ${wanted.type} push was sent`);
  return push;
}

/** Whether a push is of this type and about this call. */
export function isPush(
  { data }: RecordedPush,
  { type, callId }: { readonly type: string; readonly callId: string },
): boolean {
  return data['type'] === type && data['callId'] === callId;
}

/** What an app would learn from a push, in a line. */
export function describePush({ data }: RecordedPush): string {
  const details = Object.entries(data)
    .filter(([name, value]) => name !== 'type' && name !== 'callId' && value !== '')
    .map(([name, value]) => `${name} ${value}`);
  return `gets the push ${data['type'] ?? ''}: ${details.join(', ')}`;
}
