/** The four places of a phone. */
import * as RadixTabs from '@radix-ui/react-tabs';
import { CircleUserRound, Clock3, House, UsersRound, WalletMinimal } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from './context.ts';
import { History } from './History.tsx';
import { ListenerHome } from './ListenerHome.tsx';
import { Listeners } from './Listeners.tsx';
import { ProfilePage } from './ProfilePage.tsx';
import { WalletPage } from './WalletPage.tsx';

/**
 * Whoever listens begins with their own availability, all others with the people they can call.
 * @param notice stands above the tabs, whichever is open
 */
export function Tabs({ notice }: { readonly notice: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { profile, call } = usePhone();
  const [tab, setTab] = useState('first');
  const listens = profile.listenerStatus === 'approved';
  const tabs = [
    listens
      ? { id: 'first', text: t('tabs.home'), icon: <House aria-hidden />, page: <ListenerHome /> }
      : { id: 'first', text: t('tabs.listeners'), icon: <UsersRound aria-hidden />, page: <Listeners /> },
    {
      id: 'history',
      text: t('tabs.history'),
      icon: <Clock3 aria-hidden />,
      // Read anew when a call has come or gone.
      page: <History key={call?.state.callId ?? 'none'} />,
    },
    { id: 'wallet', text: t('tabs.wallet'), icon: <WalletMinimal aria-hidden />, page: <WalletPage /> },
    { id: 'profile', text: t('tabs.profile'), icon: <CircleUserRound aria-hidden />, page: <ProfilePage /> },
  ];
  return (
    <RadixTabs.Root className="tabs" value={tab} onValueChange={setTab}>
      <main className="pages">
        {tabs.map(({ id, page }) => (
          <RadixTabs.Content key={id} value={id} className="page">
            {page}
          </RadixTabs.Content>
        ))}
      </main>
      {notice}
      <nav aria-label={t('tabs.label')}>
        <RadixTabs.List className="tab-bar" aria-label={t('tabs.label')}>
          {tabs.map(({ id, text, icon }) => (
            <RadixTabs.Trigger key={id} value={id} className="tab">
              {icon}
              <span>{text}</span>
            </RadixTabs.Trigger>
          ))}
        </RadixTabs.List>
      </nav>
    </RadixTabs.Root>
  );
}
