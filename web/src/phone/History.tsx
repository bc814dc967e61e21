/** Calls made and received, newest first. */
import { ArrowDownLeft, ArrowUpRight, Clock3 } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOfHistory, Receipt } from '../../../client/src/index.ts';
import { clock, shortMoment } from '../i18n.ts';
import { CoinCount, Empty, Problem } from '../ui/parts.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ReceiptFacts } from './call/ReceiptFacts.tsx';
import { usePhone } from './context.ts';
import { useWork } from './hooks.ts';

/** A page of calls, and more on demand; each opens its receipt. */
export function History(): ReactNode {
  const { t } = useTranslation();
  const { earshot } = usePhone();
  const [calls, setCalls] = useState<readonly CallOfHistory[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [opened, setOpened] = useState<{ call: CallOfHistory; receipt: Receipt | undefined }>();
  const { busy, problem, run } = useWork();
  useEffect(() => {
    run(async () => {
      const { items, nextCursor } = await earshot.calls.history();
      setCalls(items);
      setCursor(nextCursor);
    });
  }, [earshot, run]);
  const more = (): void =>
    run(async () => {
      const { items, nextCursor } = await earshot.calls.history({ cursor });
      setCalls([...(calls ?? []), ...items]);
      setCursor(nextCursor);
    });
  const open = (call: CallOfHistory): void =>
    run(async () => {
      const { receipt } = await earshot.calls.get({ callId: call.callId });
      setOpened({ call, receipt });
    });
  return (
    <>
      <header className="page-head">
        <h1>{t('history.title')}</h1>
      </header>
      <Problem text={problem} />
      {calls?.length === 0 && <Empty icon={<Clock3 aria-hidden />} text={t('history.none')} />}
      <ul className="lines">
        {(calls ?? []).map((call) => (
          <li key={call.callId}>
            <CallLine call={call} onOpen={() => open(call)} />
          </li>
        ))}
      </ul>
      {cursor !== null && (
        <button type="button" className="button second" disabled={busy} onClick={more}>
          {t('more')}
        </button>
      )}
      <Sheet open={opened !== undefined} title={t('receipt.title')} onClose={() => setOpened(undefined)}>
        {opened !== undefined && <Opened {...opened} />}
      </Sheet>
    </>
  );
}

function Opened({ call, receipt }: { call: CallOfHistory; receipt: Receipt | undefined }): ReactNode {
  const { t } = useTranslation();
  if (receipt !== undefined) return <ReceiptFacts receipt={receipt} withReason />;
  return <p>{t(`ends.${call.endReason ?? 'open'}`)}</p>;
}

function CallLine({
  call,
  onOpen,
}: {
  readonly call: CallOfHistory;
  readonly onOpen: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const made = call.role === 'caller';
  const name = made ? call.callee.displayName : call.caller.displayName;
  const Arrow = made ? ArrowUpRight : ArrowDownLeft;
  const lost = call.status === 'missed' || call.status === 'rejected';
  const coins = made ? -(call.coinsSpent ?? 0) : (call.earnedCoins ?? 0);
  return (
    <button type="button" className="line" onClick={onOpen}>
      <span className={lost ? 'line-icon lost' : 'line-icon'}>
        <Arrow aria-hidden size={18} />
      </span>
      <span className="grow">
        <span className="line-name">{name}</span>
        <span className="quiet small">
          <span className="unseen">{t(made ? 'history.made' : 'history.received')}. </span>
          <span className={call.status === 'completed' ? 'unseen' : ''}>
            {t(`status.${call.status}`)} ·{' '}
          </span>{' '}
          <span className="whole">{shortMoment(call.createdAt)}</span>
        </span>
      </span>
      <span className="line-end">
        {call.durationSec !== null && <span>{clock(call.durationSec)}</span>}
        {coins !== 0 && <CoinCount coins={coins} sign />}
      </span>
    </button>
  );
}
