/** What the call has cost or brought so far, and how long it is paid for. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallsRatesOutput, CallState } from '../../../../client/src/index.ts';
import { clock, count } from '../../i18n.ts';
import { usePhone } from '../context.ts';
import { useTick } from '../hooks.ts';
import { paidTimeOf, type PaidTime } from './paidTime.ts';
import { amountSoFar, nextReserveSec } from './soFar.ts';

interface MeterProps {
  readonly call: ActiveCall;
  readonly state: CallState;
  /** Without rates the meter still tells the time. */
  readonly rates: CallsRatesOutput | undefined;
  /** Whether coins would lengthen the call. */
  readonly byCoins: boolean;
}

/** Runs by the server's time. */
export function Meter({ call, state, rates, byCoins }: MeterProps): ReactNode {
  const { t } = useTranslation();
  const { earshot } = usePhone();
  useTick(250);
  const shown = state.call;
  const paidTime = paidTimeOf(state, call.timeLeft(), byCoins);
  if (shown?.connectedAt == null) return null;
  const elapsedSec = (earshot.now().getTime() - Date.parse(shown.connectedAt)) / 1000;
  const pays = state.role === 'caller';
  // A call that costs nothing brings nothing either.
  const isPrice = pays || shown.coinsPerMinute === 0;
  const perMinute = isPrice ? shown.coinsPerMinute : (rates?.earnings[shown.type].earnedPerMinute ?? 0);
  // Nobody is told an amount before it is known from when on a call costs.
  const soFar = rates && amountSoFar(elapsedSec, rates.rates.freeSeconds, perMinute);
  return (
    <div className="meter">
      <p className="elapsed" role="timer" aria-label={t('call.elapsed')}>
        {clock(elapsedSec)}
      </p>
      <dl className="meter-facts">
        <div>
          <dt>{t(pays ? 'call.spent' : 'call.earned')}</dt>
          <dd>{soFar === undefined ? '–' : count(soFar)}</dd>
        </div>
        {paidTime !== undefined && <PaidFor {...paidTime} />}
      </dl>
    </div>
  );
}

function PaidFor({ secondsLeft, ends }: PaidTime): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <div>
        <dt>{t('call.timeLeft')}</dt>
        <dd>{clock(secondsLeft)}</dd>
      </div>
      <div>
        <dt>{t(ends ? 'call.coinsEnd' : 'call.nextReserve')}</dt>
        <dd>{ends ? t('call.atZero') : clock(nextReserveSec(secondsLeft))}</dd>
      </div>
    </>
  );
}
