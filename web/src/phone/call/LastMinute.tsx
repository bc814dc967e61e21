/** The last minute of the paid time: whoever wants to go on needs more coins, unless no call goes on longer. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall } from '../../../../client/src/index.ts';
import { usePhone } from '../context.ts';
import { useTick } from '../hooks.ts';
import { LAST_MINUTE_SEC, paidMinutes } from './paidTime.ts';

interface LastMinuteProps {
  readonly call: ActiveCall;
  /** Whether coins would lengthen the call. */
  readonly byCoins: boolean;
}

/** Told once, and not at each second. */
export function LastMinute({ call, byCoins }: LastMinuteProps): ReactNode {
  const { t } = useTranslation();
  const { openTopUp } = usePhone();
  useTick(1000);
  const left = call.timeLeft();
  const told = call.state.call;
  if (left === undefined || told === undefined) return null;
  if (left.secondsLeft > LAST_MINUTE_SEC || (byCoins && !left.final)) return null;
  return (
    <div className="low">
      <TriangleAlert aria-hidden size={20} />
      <div className="grow">
        <p role="alert" className="low-title">
          {byCoins ? t('low.title') : t('low.longest', { count: paidMinutes(told) })}
        </p>
        <p className="small">{t('low.text', { count: left.secondsLeft })}</p>
      </div>
      {byCoins && (
        <button type="button" className="button" onClick={openTopUp}>
          {t('low.topUp')}
        </button>
      )}
    </div>
  );
}
