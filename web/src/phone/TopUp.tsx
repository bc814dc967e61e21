/** Buying coins, also in the middle of a call: choose, pay in the gateway's checkout, have them. */
import { ShieldCheck } from 'lucide-react';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaymentsCreateOrderOutput, PaymentsPackagesOutput } from '../../../client/src/index.ts';
import { count, money } from '../i18n.ts';
import { payInSandbox } from '../local.ts';
import { Problem } from '../ui/parts.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { usePhone } from './context.ts';
import { useWork } from './hooks.ts';

type Package = PaymentsPackagesOutput['items'][number];

interface TopUpProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A sheet with both steps. */
export function TopUp({ open, onClose }: TopUpProps): ReactNode {
  const { t } = useTranslation();
  const [order, setOrder] = useState<PaymentsCreateOrderOutput>();
  const payment = usePayment(() => {
    setOrder(undefined);
    onClose();
  });
  const { isUnderWay, forget } = payment;
  useEffect(() => {
    if (open || isUnderWay) return;
    setOrder(undefined);
    forget();
  }, [forget, isUnderWay, open]);
  return (
    <Sheet open={open} title={t(order === undefined ? 'topUp.title' : 'topUp.checkout')} onClose={onClose}>
      {order === undefined ? <Choose onOrder={setOrder} /> : <Checkout order={order} payment={payment} />}
    </Sheet>
  );
}

function Choose({ onOrder }: { readonly onOrder: (order: PaymentsCreateOrderOutput) => void }): ReactNode {
  const { t } = useTranslation();
  const { earshot } = usePhone();
  const [packages, setPackages] = useState<readonly Package[]>([]);
  const [chosen, setChosen] = useState<Package>();
  // One order for each package, however often its button is pressed.
  const [requestIds] = useState(() => new Map<string, string>());
  const { busy, problem, run } = useWork();
  useEffect(() => {
    run(async () => {
      const { items } = await earshot.payments.packages();
      setPackages(items);
      setChosen(items[0]);
    });
  }, [earshot, run]);
  const order = (): void =>
    run(async () => {
      if (chosen === undefined) return;
      const { packageId } = chosen;
      const requestId = requestIds.get(packageId) ?? crypto.randomUUID();
      requestIds.set(packageId, requestId);
      onOrder(await earshot.payments.createOrder({ packageId, gateway: 'razorpay', requestId }));
    });
  return (
    <div className="stack">
      <fieldset className="packages">
        <legend className="unseen">{t('topUp.choose')}</legend>
        {packages.map((one) => (
          <label key={one.packageId} className="package">
            <input type="radio" name="package" checked={chosen === one} onChange={() => setChosen(one)} />
            <span className="package-coins">{count(one.coins)}</span>
            <span className="small">{t('coins.unit', { count: one.coins })}</span>
            <span className="package-price">{money(one.amountPaise, one.currency)}</span>
          </label>
        ))}
      </fieldset>
      <Problem text={problem} />
      <button type="button" className="button" disabled={busy || chosen === undefined} onClick={order}>
        {chosen === undefined
          ? t('topUp.choose')
          : t('topUp.pay', { amount: money(chosen.amountPaise, chosen.currency) })}
      </button>
    </div>
  );
}

/** What the gateway's checkout hands over when the customer has paid. */
type Paid = Awaited<ReturnType<typeof payInSandbox>>;

interface Payment {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly said: 'refused' | 'pending' | undefined;
  /** It was made, or is being made, and the coins are not there yet. */
  readonly isUnderWay: boolean;
  readonly isPaid: boolean;
  readonly pay: (orderId: string, outcome: 'captured' | 'failed') => void;
  readonly confirmAgain: (orderId: string) => void;
  readonly forget: () => void;
}

/**
 * What the gateway has signed is kept: if nobody could be told of it, it is told again and not paid again. It outlives
 * the sheet, which a call that comes in closes.
 */
function usePayment(onDone: () => void): Payment {
  const { t } = useTranslation();
  const { earshot, tell } = usePhone();
  const [paid, setPaid] = useState<Paid>();
  const [said, setSaid] = useState<'refused' | 'pending'>();
  const { busy, problem, run, clear } = useWork();
  const confirm = async (orderId: string, signed: Paid): Promise<void> => {
    const { status, coinsAdded } = await earshot.payments.confirm({ orderId, ...signed });
    if (status === 'pending') return setSaid('pending');
    setPaid(undefined);
    if (status === 'failed') return setSaid('refused');
    tell(t('topUp.added', { coins: count(coinsAdded) }));
    onDone();
  };
  const forget = useCallback(() => {
    setSaid(undefined);
    clear();
  }, [clear]);
  return {
    busy,
    problem,
    said,
    isUnderWay: busy || paid !== undefined,
    isPaid: paid !== undefined,
    pay: (orderId, outcome) =>
      run(async () => {
        setSaid(undefined);
        const signed = await payInSandbox(orderId, outcome);
        if (outcome === 'failed') return setSaid('refused');
        setPaid(signed);
        await confirm(orderId, signed);
      }),
    confirmAgain: (orderId) =>
      run(async () => {
        if (paid !== undefined) await confirm(orderId, paid);
      }),
    forget,
  };
}

interface CheckoutProps {
  readonly order: PaymentsCreateOrderOutput;
  readonly payment: Payment;
}

/** Stands where the gateway's own checkout opens in an app. */
function Checkout({ order, payment }: CheckoutProps): ReactNode {
  const { t } = useTranslation();
  const { orderId } = order;
  const { busy, problem, said, isPaid, pay, confirmAgain } = payment;
  return (
    <div className="stack">
      <div className="checkout">
        <p className="checkout-name">
          <ShieldCheck aria-hidden size={18} /> {t('topUp.sandbox')}
        </p>
        <p className="checkout-amount">{money(order.amountPaise, order.currency)}</p>
        <p className="small quiet">{t('topUp.for', { coins: count(order.coins) })}</p>
        <p className="small quiet mono">{order.checkout.gatewayOrderId}</p>
      </div>
      <Problem text={problem ?? (said && t(`topUp.${said}`))} />
      {!isPaid ? (
        <>
          <button type="button" className="button" disabled={busy} onClick={() => pay(orderId, 'captured')}>
            {t('topUp.succeed')}
          </button>
          <button
            type="button"
            className="button second"
            disabled={busy}
            onClick={() => pay(orderId, 'failed')}
          >
            {t('topUp.fail')}
          </button>
        </>
      ) : (
        <button type="button" className="button" disabled={busy} onClick={() => confirmAgain(orderId)}>
          {t('topUp.ask')}
        </button>
      )}
    </div>
  );
}
