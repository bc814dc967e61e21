/** A receipt, as its viewer may see it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Receipt } from '../../../../client/src/index.ts';
import { clock, count, timeOfDay } from '../../i18n.ts';
import { Fact } from '../../ui/parts.tsx';

interface ReceiptFactsProps {
  readonly receipt: Receipt;
  /** Where nothing else tells why the call ended. */
  readonly withReason?: boolean;
}

/** The amounts first, then what proves them. */
export function ReceiptFacts({ receipt, withReason }: ReceiptFactsProps): ReactNode {
  const { t } = useTranslation();
  const { durationSec, billedMinutes, coinsPerMinute, coinsSpent, coinsReleased, earnedCoins, endReason } =
    receipt;
  return (
    <div className="receipt">
      <dl className="facts">
        <Fact name={t('receipt.duration')}>{clock(durationSec)}</Fact>
        <Fact name={t('receipt.billed')}>{t('receipt.minutes', { count: billedMinutes })}</Fact>
        {coinsPerMinute !== undefined && <Fact name={t('receipt.rate')}>{count(coinsPerMinute)}</Fact>}
        {coinsSpent !== undefined && (
          <Fact name={t('receipt.spent')} strong>
            {count(coinsSpent)}
          </Fact>
        )}
        {coinsReleased !== undefined && <Fact name={t('receipt.released')}>{count(coinsReleased)}</Fact>}
        {earnedCoins !== undefined && (
          <Fact name={t('receipt.earned')} strong>
            {count(earnedCoins)}
          </Fact>
        )}
        {withReason === true && <Fact name={t('receipt.ended')}>{t(`ends.${endReason}`)}</Fact>}
      </dl>
      <details>
        <summary>{t('receipt.evidence')}</summary>
        <ol className="evidence">
          {receipt.evidence.map(({ at, party, event }, index) => (
            <li key={`${at}-${party}-${event}-${String(index)}`}>
              <time dateTime={at}>{timeOfDay(at)}</time>
              <span>{t(`parties.${party}`)}</span>
              <span>{t(`events.${event}`)}</span>
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}
