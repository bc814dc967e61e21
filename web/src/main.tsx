/** Where the page begins: both phones, or one of them. */
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { startTexts } from './i18n.ts';
import { applyTheme, currentTheme } from './theme.ts';
import './styles/tokens.css';
import './styles/parts.css';
import './styles/phone.css';
import './styles/call.css';
import './styles/pair.css';

const Phone = lazy(async () => await import('./phone/Phone.tsx'));
const Pair = lazy(async () => await import('./pair/Pair.tsx'));

applyTheme(currentTheme());
await startTexts();

const [, place, which] = globalThis.location.pathname.split('/');
const root = globalThis.document.querySelector('#root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <Suspense fallback={<div className="waiting" />}>
        {place === 'phone' ? <Phone which={which ?? 'own'} /> : <Pair />}
      </Suspense>
    </StrictMode>,
  );
