/** Before anybody talks: it rings here, or there. */
import * as Dialog from '@radix-ui/react-dialog';
import { Phone, PhoneOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallState } from '../../../../client/src/index.ts';
import { Avatar, Problem } from '../../ui/parts.tsx';
import { usePhone } from '../context.ts';
import { useWork } from '../hooks.ts';

interface RingingProps {
  readonly call: ActiveCall;
  readonly state: CallState;
}

/** Accept and decline for whoever is called, take back for whoever calls. */
export function Ringing({ call, state }: RingingProps): ReactNode {
  const { t } = useTranslation();
  const { busy, problem, run } = useWork();
  // Its own work: whoever has not answered the browser's question for the microphone may still decline.
  const hangUp = useWork();
  const { calleeName } = usePhone();
  const incoming = state.role === 'callee';
  const name = nameOf(state, calleeName);
  const type = state.call?.type ?? 'audio';
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
          onClick={() => hangUp.run(async () => await call.end())}
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

/** The other party's name; until it is known that of whom this call is for, or a blank. */
export function nameOf({ call, role }: Pick<CallState, 'call' | 'role'>, calleeName = ''): string {
  const known = role === 'callee' ? call?.caller.displayName : call?.callee.displayName;
  return known ?? (calleeName === '' ? ' ' : calleeName);
}
