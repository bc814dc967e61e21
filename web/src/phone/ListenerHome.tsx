/** Where a listener waits for calls. */
import * as Switch from '@radix-ui/react-switch';
import { Headphones } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListenerCard } from '../../../client/src/index.ts';
import { count } from '../i18n.ts';
import { Fact, Problem } from '../ui/parts.tsx';
import { usePhone } from './context.ts';
import { useWork } from './hooks.ts';

/** The own availability, as others see it, and what the calls have brought. */
export function ListenerHome(): ReactNode {
  const { t } = useTranslation();
  const { earshot, profile, balance } = usePhone();
  const [card, setCard] = useState<ListenerCard>();
  const { busy, problem, run } = useWork();
  useEffect(() => earshot.watchCard(profile.userId, setCard), [earshot, profile.userId]);
  const availability = card?.availability ?? 'offline';
  const takes = availability !== 'offline';
  return (
    <>
      <header className="page-head">
        <h1>{t('home.hello', { name: profile.username })}</h1>
      </header>
      <section className={`hero ${availability}`}>
        <span className="hero-icon">
          <Headphones aria-hidden size={32} />
        </span>
        <p className="hero-text" role="status">
          {t(`home.${availability}`)}
        </p>
        <div className="switch-row">
          <label htmlFor="takes">{t('home.takesCalls')}</label>
          <Switch.Root
            id="takes"
            className="switch"
            checked={takes}
            disabled={busy || card === undefined}
            onCheckedChange={(willing) =>
              run(async () => {
                await earshot.presence.update({ willing, ...(willing && { online: true }) });
              })
            }
          >
            <Switch.Thumb className="thumb" />
          </Switch.Root>
        </div>
        <Problem text={problem} />
      </section>
      <h2 className="section">{t('home.earned')}</h2>
      <dl className="facts">
        <Fact name={t('earnings.available')} strong>
          {count(balance?.earnings.available ?? 0)}
        </Fact>
        <Fact name={t('earnings.promotional')}>{count(balance?.earnings.promotional ?? 0)}</Fact>
        <Fact name={t('home.calls')}>{count(card?.callCount ?? 0)}</Fact>
      </dl>
    </>
  );
}
