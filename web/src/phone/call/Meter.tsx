/** What the call has cost or brought so far, and how long it is paid for. */
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallsRatesOutput, CallState } from '../../../../client/src/index.ts';
import { clock, count } from '../../i18n.ts';
import { usePhone } from '../context.ts';
import { useTick } from '../hooks.ts';
import { amountSoFar, nextReserveSec } from './soFar.ts';

interface MeterProps {
  readonly call: ActiveCall;
  readonly state: CallState;
}

/** Runs by the server's time. */
export function Meter({ call, state }: MeterProps): ReactNode {
  const { t } = useTranslation();
  const { earshot } = usePhone();
  const [rates, setRates] = useState<CallsRatesOutput>();
  useTick(250);
  useEffect(() => {
    // Without rates the meter still tells the time.
    earshot.calls.rates().then(setRates, () => undefined);
  }, [earshot]);
  const shown = state.call;
  const left = call.timeLeft();
  if (shown?.connectedAt == null) return null;
  const elapsedSec = (earshot.now().getTime() - Date.parse(shown.connectedAt)) / 1000;
  const pays = state.role === 'caller';
  // What costs nothing has no end that is paid for.
  const paid = pays && shown.coinsPerMinute > 0 && left !== undefined;
  const perMinute = pays ? shown.coinsPerMinute : (rates?.earnings[shown.type].earnedPerMinute ?? 0);
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
        {paid && (
          <div>
            <dt>{t('call.timeLeft')}</dt>
            <dd>{clock(left.secondsLeft)}</dd>
          </div>
        )}
        {paid && (
          <div>
            <dt>{t(left.final ? 'call.coinsEnd' : 'call.nextReserve')}</dt>
            <dd>{left.final ? t('call.atZero') : clock(nextReserveSec(left.secondsLeft))}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
