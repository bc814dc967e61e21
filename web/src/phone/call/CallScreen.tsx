/** A call, from the ring to the receipt, above everything else. */
import * as Dialog from '@radix-ui/react-dialog';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallState } from '../../../../client/src/index.ts';
import { ring } from '../../ring.ts';
import { Toast } from '../../ui/parts.tsx';
import { useFocusReturn } from '../../ui/useFocusReturn.ts';
import { usePhone } from '../context.ts';
import { useCallState } from '../hooks.ts';
import { Ended } from './Ended.tsx';
import { Finding } from './Finding.tsx';
import { farewellOf } from './gone.ts';
import { Ongoing } from './Ongoing.tsx';
import { nameOf, Ringing } from './Ringing.tsx';

/** Only the buttons of the call close it: Escape must not hang up. */
const stay = (event: Event): void => event.preventDefault();

/** Whoever was typing when it began to ring must not decline by the next key. */
function focusNoButton(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** Shows whatever the call is at. */
export function CallScreen({ call }: { readonly call: ActiveCall }): ReactNode {
  const { t } = useTranslation();
  const { closeCall, tell, told } = usePhone();
  const state = useCallState(call);
  const farewell = farewellOf(state);
  const { keep, giveBack } = useFocusReturn();
  useRing(state);
  useEffect(() => {
    if (farewell === undefined) return;
    if (farewell !== 'nothing') tell(t(`call.${farewell}`));
    closeCall();
  }, [closeCall, farewell, t, tell]);
  if (farewell !== undefined) return null;
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Content
          className={`call ${state.phase} ${state.call?.type ?? 'audio'}`}
          onOpenAutoFocus={(event) => {
            keep();
            focusNoButton(event);
          }}
          onCloseAutoFocus={giveBack}
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
        >
          <Screen call={call} state={state} />
          <Toast text={told} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Screen({ call, state }: { readonly call: ActiveCall; readonly state: CallState }): ReactNode {
  const { begun } = usePhone();
  if (state.phase !== 'ended' && nameOf(state, begun) === '') return <Finding />;
  switch (state.phase) {
    case 'idle':
    case 'ringing':
      return <Ringing call={call} state={state} />;
    case 'connecting':
    case 'ongoing':
      return <Ongoing call={call} state={state} />;
    case 'ended':
      return <Ended state={state} />;
  }
}

function useRing({ phase, role }: CallState): void {
  const kind = phase !== 'ringing' ? undefined : role === 'callee' ? 'incoming' : 'outgoing';
  useEffect(() => (kind === undefined ? undefined : ring(kind)), [kind]);
}
