/** A call, from the ring to the receipt, above everything else. */
import * as Dialog from '@radix-ui/react-dialog';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallState } from '../../../../client/src/index.ts';
import { ring } from '../../ring.ts';
import { Toast } from '../../ui/parts.tsx';
import { usePhone } from '../context.ts';
import { useCallState } from '../hooks.ts';
import { Ended } from './Ended.tsx';
import { Ongoing } from './Ongoing.tsx';
import { Ringing } from './Ringing.tsx';

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
  const gone = isGone(state);
  useRing(state);
  useEffect(() => {
    if (!gone) return;
    tell(t(state.answeredElsewhere ? 'call.elsewhere' : 'call.missed'));
    closeCall();
  }, [closeCall, gone, state.answeredElsewhere, t, tell]);
  if (gone) return null;
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Content
          className={`call ${state.phase} ${state.call?.type ?? 'audio'}`}
          onOpenAutoFocus={focusNoButton}
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

/** Whoever was called and did not take it has nothing to look at, nor has whoever talks on another device. */
function isGone({ phase, role, call, endReason, answeredElsewhere }: CallState): boolean {
  if (phase !== 'ended') return false;
  return answeredElsewhere || (role === 'callee' && call?.acceptedAt == null && endReason !== null);
}

function useRing({ phase, role }: CallState): void {
  const kind = phase !== 'ringing' ? undefined : role === 'callee' ? 'incoming' : 'outgoing';
  useEffect(() => (kind === undefined ? undefined : ring(kind)), [kind]);
}
