/** The message with the code, as a phone would show it: here nothing is really sent, and the sandbox has it. */
import { MessageSquareText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { messagesTo, type Message } from '../local.ts';

const LOOK_EVERY_MS = 700;
/** The stack's clock and this page's may differ a little. */
const TOLERANCE_MS = 5000;

interface MessageBannerProps {
  readonly phone: string;
  /** When the code was asked for. */
  readonly sinceMs: number;
  readonly onCode: (code: string) => void;
}

/** Looks for messages as long as it is shown. */
export function MessageBanner({ phone, sinceMs, onCode }: MessageBannerProps): ReactNode {
  const { t } = useTranslation();
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    const look = async (): Promise<void> => {
      const [newest] = await messagesTo(phone);
      if (newest !== undefined && Date.parse(newest.sentAt) > sinceMs - TOLERANCE_MS) setMessage(newest);
    };
    // A look that fails is made good by the next one.
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [phone, sinceMs]);
  const code = message?.code;
  return (
    <div role="status" className={message === undefined ? 'banner waiting-banner' : 'banner'}>
      {message !== undefined && (
        <>
          <MessageSquareText aria-hidden size={20} />
          <div>
            <p className="small quiet">{t(`channels.${message.channel}`)}</p>
            <p>{message.text}</p>
            {code !== undefined && (
              <button type="button" className="link" onClick={() => onCode(code)}>
                {t('signIn.use', { code })}
              </button>
            )}
          </div>
        </>
      )}
    </div>
  );
}
