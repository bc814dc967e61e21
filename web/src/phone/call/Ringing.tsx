/** Before anybody talks: it rings here, or there. */
import * as Dialog from '@radix-ui/react-dialog';
import { Phone, PhoneOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, Call, CallState } from '../../../../client/src/index.ts';
import { Avatar, Problem } from '../../ui/parts.tsx';
import { usePhone } from '../context.ts';
import { useWork } from '../hooks.ts';
import type { Begun } from './line.ts';

interface RingingProps {
  readonly call: ActiveCall;
  readonly state: CallState;
}

/** Accept and decline for whoever is called, take back for whoever calls. */
export function Ringing({ call, state }: RingingProps): ReactNode {
  const { t } = useTranslation();
  const { begun, endCall } = usePhone();
  const type = typeOf(state, begun);
  const { busy, problem, run } = useWork(type);
  // Its own work: whoever has not answered the browser's question for the microphone may still decline.
  const hangUp = useWork();
  const incoming = state.role === 'callee';
  const name = nameOf(state, begun);
  return (
    <div className="ringing">
      <Dialog.Description className="call-kind">
        {t(incoming ? `call.incoming.${type}` : 'call.outgoing')}
      </Dialog.Description>
      <div className="rings">
        <Avatar name={name} size="large" />
      </div>
      <Dialog.Title className="call-name">{name}</Dialog.Title>
      {state.call !== undefined && !incoming && (
        <p className="quiet">{t('listeners.perMinute', { count: state.call.coinsPerMinute })}</p>
      )}
      <Problem text={hangUp.problem ?? problem} />
      <div className="call-buttons">
        <button
          type="button"
          className="round end"
          disabled={hangUp.busy}
          onClick={() => hangUp.run(endCall)}
        >
          <PhoneOff aria-hidden />
          <span>{t(incoming ? 'call.decline' : 'call.cancel')}</span>
        </button>
        {incoming && (
          <button
            type="button"
            className="round accept"
            disabled={busy || hangUp.busy}
            onClick={() => run(async () => await call.accept())}
          >
            <Phone aria-hidden />
            <span>{t('call.accept')}</span>
          </button>
        )}
      </div>
    </div>
  );
}

/** The other party's name; until it is known that of whom this call was begun for. Empty if there is neither. */
export function nameOf({ call, role }: Pick<CallState, 'call' | 'role'>, begun?: Begun): string {
  const known = role === 'callee' ? call?.caller.displayName : call?.callee.displayName;
  return known ?? begun?.name ?? '';
}

/** Whether it is a video call. */
export function typeOf({ call }: Pick<CallState, 'call'>, begun?: Begun): Call['type'] {
  return call?.type ?? begun?.type ?? 'audio';
}
