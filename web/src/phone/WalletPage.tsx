/** The coins, and what moved them. */
import { ReceiptText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Balance, Transaction } from '../../../client/src/index.ts';
import { count, shortMoment } from '../i18n.ts';
import { CoinCount, Empty, Fact } from '../ui/parts.tsx';
import { usePhone } from './context.ts';

/** Both are live. */
export function WalletPage(): ReactNode {
  const { t } = useTranslation();
  const { earshot, balance, profile, openTopUp } = usePhone();
  const [entries, setEntries] = useState<readonly Transaction[]>();
  useEffect(() => earshot.watchTransactions(setEntries, { limit: 50 }), [earshot]);
  const coins = balance?.coins;
  return (
    <>
      <header className="page-head">
        <h1>{t('wallet.title')}</h1>
      </header>
      <section className="purse">
        <p className="small">{t('wallet.available')}</p>
        <p className="purse-coins">
          <CoinCount coins={coins?.available ?? 0} />
        </p>
        <p className="small">
          {t('wallet.heldAndBonus', { held: count(coins?.held ?? 0), bonus: count(coins?.bonus ?? 0) })}
        </p>
        <button type="button" className="button light" onClick={openTopUp}>
          {t('wallet.topUp')}
        </button>
      </section>
      {profile.listenerStatus === 'approved' && balance !== undefined && <Earned {...balance.earnings} />}
      <h2 className="section">{t('wallet.entries')}</h2>
      {entries?.length === 0 && <Empty icon={<ReceiptText aria-hidden />} text={t('wallet.none')} />}
      <ul className="lines">
        {(entries ?? []).map((entry) => (
          <Entry key={entry.transactionId} {...entry} />
        ))}
      </ul>
    </>
  );
}

function Earned({ available, promotional, total }: Balance['earnings']): ReactNode {
  const { t } = useTranslation();
  return (
    <dl className="facts">
      <Fact name={t('earnings.available')} strong>
        {count(available)}
      </Fact>
      <Fact name={t('earnings.promotional')}>{count(promotional)}</Fact>
      <Fact name={t('earnings.total')}>{count(total)}</Fact>
    </dl>
  );
}

function Entry({ type, createdAt, amount, balanceAfter }: Transaction): ReactNode {
  const { t } = useTranslation();
  return (
    <li className="line">
      <span className="grow">
        <span className="line-name">{t(`entries.${type}`)}</span>
        <span className="quiet small">{shortMoment(createdAt)}</span>
      </span>
      <span className="line-end">
        <span className={amount > 0 ? 'gain' : ''}>
          {amount > 0 ? '+' : ''}
          {count(amount)}
        </span>
        <span className="quiet small">{t('wallet.after', { coins: count(balanceAfter) })}</span>
      </span>
    </li>
  );
}
