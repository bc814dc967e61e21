/** After the call: why it ended, and the receipt. */
import * as Dialog from '@radix-ui/react-dialog';
import { CircleCheck, PhoneOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '../../../../client/src/index.ts';
import { usePhone } from '../context.ts';
import { useExplain } from '../hooks.ts';
import { ReceiptFacts } from './ReceiptFacts.tsx';
import { nameOf, typeOf } from './Ringing.tsx';
import { whyOf } from './why.ts';

/** A call that never began has its reason and no receipt. */
export function Ended({ state }: { readonly state: CallState }): ReactNode {
  const { t } = useTranslation();
  const { begun, closeCall, openTopUp } = usePhone();
  const { receipt, error, call } = state;
  const talked = call?.connectedAt != null;
  const name = nameOf(state, begun);
  const why = useWhy(state, name);
  return (
    <div className="ended">
      <span className={talked ? 'ended-icon' : 'ended-icon lost'}>
        {talked ? <CircleCheck aria-hidden size={40} /> : <PhoneOff aria-hidden size={36} />}
      </span>
      <Dialog.Title className="call-name">{t('ended.title')}</Dialog.Title>
      <Dialog.Description className="ended-why" role="status">
        {why}
      </Dialog.Description>
      {name !== '' && !why.includes(name) && <p className="quiet">{t('ended.with', { name })}</p>}
      {receipt !== undefined && <ReceiptFacts receipt={receipt} />}
      {talked && receipt === undefined && <p className="quiet">{t('ended.receipt')}</p>}
      <div className="stack ended-buttons">
        {error?.has('INSUFFICIENT_COINS') === true && (
          <button type="button" className="button" onClick={openTopUp}>
            {t('wallet.topUp')}
          </button>
        )}
        <button type="button" className="button second" onClick={closeCall}>
          {t('ended.done')}
        </button>
      </div>
    </div>
  );
}

/** Why it is over, as this person sees it. */
function useWhy(state: CallState, name: string): string {
  const { t } = useTranslation();
  const { begun, hungUp } = usePhone();
  const explain = useExplain(typeOf(state, begun));
  const why = whyOf(state, hungUp);
  switch (why) {
    case 'error':
      return explain(state.error);
    case 'reason':
      return t(`ends.${state.endReason ?? 'open'}`);
    case 'open':
    case 'byYou':
    case 'byOther':
      return t(`ends.${why}`, { name });
  }
}
