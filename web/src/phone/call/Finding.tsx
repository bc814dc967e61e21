/** A call of before, or of another device, of which nothing is known yet. */
import * as Dialog from '@radix-ui/react-dialog';
import { PhoneOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../ui/parts.tsx';
import { usePhone } from '../context.ts';
import { useWork } from '../hooks.ts';

/** It can be ended all the same. */
export function Finding(): ReactNode {
  const { t } = useTranslation();
  const { endCall } = usePhone();
  const { busy, problem, run } = useWork();
  return (
    <div className="ringing">
      <Dialog.Title className="unseen">{t('call.title')}</Dialog.Title>
      <Dialog.Description className="call-kind" role="status">
        {t('call.connecting')}
      </Dialog.Description>
      <Problem text={problem} />
      <div className="call-buttons">
        <button type="button" className="round end" disabled={busy} onClick={() => run(endCall)}>
          <PhoneOff aria-hidden />
          <span>{t('call.end')}</span>
        </button>
      </div>
    </div>
  );
}
