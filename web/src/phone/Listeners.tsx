/** The people who can be called, as they come and go. */
import * as Switch from '@radix-ui/react-switch';
import { Phone, Star, UsersRound, Video } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListenerCard } from '../../../client/src/index.ts';
import { count, languageName } from '../i18n.ts';
import { Avatar, CoinCount, Empty } from '../ui/parts.tsx';
import { usePhone } from './context.ts';

/** The live list, best rated first. */
export function Listeners(): ReactNode {
  const { t } = useTranslation();
  const { earshot, profile, balance, openTopUp } = usePhone();
  const [cards, setCards] = useState<readonly ListenerCard[]>();
  const [availableOnly, setAvailableOnly] = useState(false);
  useEffect(
    () => earshot.watchFeed({ availableOnly, limit: 30 }, (found) => setCards(found)),
    [availableOnly, earshot],
  );
  const others = cards?.filter(({ listenerId }) => listenerId !== profile.userId) ?? [];
  return (
    <>
      <header className="page-head">
        <h1>{t('listeners.title')}</h1>
        <button type="button" className="pill" onClick={openTopUp}>
          {balance !== undefined && <CoinCount coins={balance.coins.available} />}
          <span className="unseen">{t('wallet.topUp')}</span>
        </button>
      </header>
      <div className="switch-row">
        <label htmlFor="available">{t('listeners.availableOnly')}</label>
        <Switch.Root
          id="available"
          className="switch"
          checked={availableOnly}
          onCheckedChange={setAvailableOnly}
        >
          <Switch.Thumb className="thumb" />
        </Switch.Root>
      </div>
      {cards !== undefined && others.length === 0 ? (
        <Empty icon={<UsersRound aria-hidden />} text={t('listeners.none')} />
      ) : (
        <ul className="cards">
          {others.map((card) => (
            <Card key={card.listenerId} card={card} />
          ))}
        </ul>
      )}
    </>
  );
}

function Card({ card }: { readonly card: ListenerCard }): ReactNode {
  const { t } = useTranslation();
  const { availability, displayName, languages, rating, ratingCount, rates } = card;
  return (
    <li className="card">
      <div className="row">
        <Avatar name={displayName} />
        <div className="grow">
          <h2>{displayName}</h2>
          <p className={`availability ${availability}`}>{t(`availability.${availability}`)}</p>
        </div>
        {ratingCount > 0 && (
          <span className="rating">
            <Star aria-hidden size={14} />
            {count(rating)}
            <span className="unseen"> {t('listeners.ofFive')}</span>
          </span>
        )}
      </div>
      <p className="quiet small">{languages.map(languageName).join(' · ')}</p>
      <div className="row">
        <CallButton card={card} type="audio" coinsPerMinute={rates.audio} />
        <CallButton card={card} type="video" coinsPerMinute={rates.video} />
      </div>
    </li>
  );
}

interface CallButtonProps {
  readonly card: ListenerCard;
  readonly type: 'audio' | 'video';
  readonly coinsPerMinute: number;
}

function CallButton({ card, type, coinsPerMinute }: CallButtonProps): ReactNode {
  const { t } = useTranslation();
  const { startCall } = usePhone();
  const { availability, callTypes, displayName: name, listenerId } = card;
  if (!callTypes.includes(type)) return null;
  const Icon = type === 'audio' ? Phone : Video;
  return (
    <button
      type="button"
      className={type === 'audio' ? 'button grow' : 'button second grow'}
      disabled={availability !== 'available'}
      onClick={() => startCall({ calleeId: listenerId, type }, name)}
    >
      <Icon aria-hidden size={20} />
      <span className="button-lines">
        {t(`listeners.call.${type}`)}
        <span className="unseen"> {name}, </span>
        <span className="button-note">{t('listeners.rate', { count: coinsPerMinute })}</span>
      </span>
    </button>
  );
}
