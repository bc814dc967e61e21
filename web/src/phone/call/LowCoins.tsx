/** The last paid minute: whoever wants to go on needs more coins. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall } from '../../../../client/src/index.ts';
import { usePhone } from '../context.ts';
import { useTick } from '../hooks.ts';

/** Told once, and not at each second. */
export function LowCoins({ call }: { readonly call: ActiveCall }): ReactNode {
  const { t } = useTranslation();
  const { openTopUp } = usePhone();
  useTick(1000);
  const seconds = call.timeLeft()?.secondsLeft ?? 0;
  return (
    <div className="low">
      <TriangleAlert aria-hidden size={20} />
      <div className="grow">
        <p role="alert" className="low-title">
          {t('low.title')}
        </p>
        <p className="small">{t('low.text', { count: seconds })}</p>
      </div>
      <button type="button" className="button" onClick={openTopUp}>
        {t('low.topUp')}
      </button>
    </div>
  );
}
