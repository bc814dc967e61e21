/** The pushes that the stack recorded instead of sending them. */
import type { RecordedPush } from '../phone/control.ts';
import type { Phone } from '../phone/phone.ts';
import type { Stage } from './stage.ts';

/** Values that a push must carry, `type` among them. */
type Wanted = Readonly<Record<string, string>> & { readonly type: string };

/** @throws when no such push was sent */
export async function newestPush({ control }: Stage, phone: Phone, wanted: Wanted): Promise<RecordedPush> {
  const push = (await control.pushes(phone.uid)).find((one) => isPush(one, wanted));
  if (push === undefined) throw new Error(`no ${wanted.type} push was sent`);
  return push;
}

/** Whether a push carries what is wanted. */
export function isPush({ data }: RecordedPush, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([name, value]) => data[name] === value);
}

/** What an app would learn from a push, in a line. */
export function describePush({ data }: RecordedPush): string {
  const details = Object.entries(data)
    .filter(([name, value]) => !['type', 'callId', 'sampleId'].includes(name) && value !== '')
    .map(([name, value]) => `${name} ${value}`);
  return `gets the push ${data['type'] ?? ''}: ${details.join(', ')}`;
}
