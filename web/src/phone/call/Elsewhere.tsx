/** Tells of the call that another device or tab of this person is in, and takes it over. */
import { MonitorSmartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../../../client/src/index.ts';
import { Problem } from '../../ui/parts.tsx';
import { useWork } from '../hooks.ts';
import { nameOf } from './Ringing.tsx';

interface ElsewhereProps {
  readonly call: Call;
  readonly onTakeOver: () => Promise<void>;
}

/** Stands above the tabs for as long as the call goes on there. */
export function Elsewhere({ call, onTakeOver }: ElsewhereProps): ReactNode {
  const { t } = useTranslation();
  const { busy, problem, run } = useWork();
  return (
    <section className="elsewhere" aria-label={t('call.onOtherTitle')}>
      <MonitorSmartphone aria-hidden size={20} />
      <div>
        <p role="status">{t('call.onOther', { name: nameOf({ call, role: call.role }) })}</p>
        <Problem text={problem} />
      </div>
      <button type="button" className="button second" disabled={busy} onClick={() => run(onTakeOver)}>
        {t('call.takeOver')}
      </button>
    </section>
  );
}
