/** The last minute of the paid time: whoever wants to go on needs more coins, unless no call goes on longer. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall } from '../../../../client/src/index.ts';
import { usePhone } from '../context.ts';
import { useTick } from '../hooks.ts';
import { paidMinutes, type Lengthens } from './paidTime.ts';

interface LowCoinsProps {
  readonly call: ActiveCall;
  readonly lengthens: Lengthens;
}

/** Told once, and not at each second. */
export function LowCoins({ call, lengthens }: LowCoinsProps): ReactNode {
  const { t } = useTranslation();
  const { openTopUp } = usePhone();
  useTick(1000);
  const seconds = call.timeLeft()?.secondsLeft ?? 0;
  const told = call.state.call;
  const minutes = told === undefined ? 0 : paidMinutes(told);
  const byCoins = lengthens === 'byCoins';
  return (
    <div className="low">
      <TriangleAlert aria-hidden size={20} />
      <div className="grow">
        <p role="alert" className="low-title">
          {byCoins ? t('low.title') : t('low.longest', { count: minutes })}
        </p>
        <p className="small">{t('low.text', { count: seconds })}</p>
      </div>
      {byCoins && (
        <button type="button" className="button" onClick={openTopUp}>
          {t('low.topUp')}
        </button>
      )}
    </div>
  );
}
