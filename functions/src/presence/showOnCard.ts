/** Writes a listener's card, if anything on it is to change: feeds watch it. */
import { changedFields, type ProfileFields } from '../listeners/card.ts';
import { availabilityFields, listenerCards, type ListenerCard } from '../listeners/documents.ts';
import type { Writer } from '../platform/store/port.ts';
import type { Shown } from './availability.ts';

/**
 * @param card as it is stored; undefined for whoever has none
 * @param copied what else belongs on the card, where that was looked up; not what follows from the settings, which an
 *   instance may know in an older version than the card shows
 */
export function showOnCard(
  writer: Writer,
  uid: string,
  { card, shown, copied }: { card: ListenerCard | undefined; shown: Shown; copied?: ProfileFields },
): void {
  if (card === undefined) return;
  const wanted = { ...copied, ...availabilityFields(shown.availability, shown.away) };
  const changed = changedFields({ away: false, ...card }, wanted);
  if (Object.keys(changed).length > 0) writer.update(listenerCards.doc(uid), changed);
}
