/** The message with the code, as a phone would show it: here nothing is really sent, and the sandbox has it. */
import { MessageSquareText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { messagesTo, type Message } from '../local.ts';

const LOOK_EVERY_MS = 700;

interface MessageBannerProps {
  readonly phone: string;
  /** When the newest message that does not count was sent. */
  readonly beforeAt: string | undefined;
  readonly onCode: (code: string) => void;
}

/** Looks for messages as long as it is shown. */
export function MessageBanner({ phone, beforeAt, onCode }: MessageBannerProps): ReactNode {
  const { t } = useTranslation();
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    const look = async (): Promise<void> => {
      const [newest] = await messagesTo(phone);
      if (newest !== undefined && newest.sentAt !== beforeAt) setMessage(newest);
    };
    // A look that fails is made good by the next one.
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [phone, beforeAt]);
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
