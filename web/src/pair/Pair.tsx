/** Two phones side by side, as two people would hold them. */
import { Maximize2, PhoneCall } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * The second phone lies at the other name of this machine, so that the browser gives each phone its own connections: it
 * opens only a few to one name, and live documents hold them.
 */
function originOf(which: 'a' | 'b'): string {
  const { protocol, hostname, port, origin } = globalThis.location;
  return which === 'b' && hostname === '127.0.0.1' ? `${protocol}//localhost:${port}` : origin;
}

/** The page at the root. */
export default function Pair(): ReactNode {
  const { t } = useTranslation();
  const [tried, setTried] = useState(false);
  return (
    <main className="pair">
      <header className="pair-head">
        <div>
          <p className="pair-brand">Earshot</p>
          <h1>{t('pair.title')}</h1>
          <p className="quiet">{t('pair.how')}</p>
        </div>
        <button className="button" type="button" disabled={tried} onClick={() => setTried(true)}>
          <PhoneCall aria-hidden size={18} />
          {t('pair.try')}
        </button>
      </header>
      <div className="pair-phones">
        <PhoneFrame which="a" person={tried ? 'caller' : undefined} />
        <PhoneFrame which="b" person={tried ? 'listener' : undefined} />
      </div>
      <p className="quiet pair-foot">{t('pair.headphones')}</p>
    </main>
  );
}

interface FrameProps {
  readonly which: 'a' | 'b';
  /** Who signs in by themselves. */
  readonly person: 'caller' | 'listener' | undefined;
}

function PhoneFrame({ which, person }: FrameProps): ReactNode {
  const { t } = useTranslation();
  const address = `${originOf(which)}/phone/${which}`;
  const title = t(which === 'a' ? 'pair.first' : 'pair.second');
  return (
    <section className="frame" aria-label={title}>
      <div className="frame-head">
        <span>{title}</span>
        <a href={address} target="_blank" rel="noreferrer" className="link">
          {t('pair.alone')}
          <Maximize2 aria-hidden size={14} />
        </a>
      </div>
      <iframe
        key={person ?? 'nobody'}
        title={title}
        src={person === undefined ? address : `${address}?try=${person}`}
        allow="microphone; camera; autoplay"
      />
    </section>
  );
}
