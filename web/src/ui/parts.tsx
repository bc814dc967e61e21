/** The small parts that every screen is made of. */
import { Coins } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { count } from '../i18n.ts';

const HUES = 6;

/** A person without a picture: their first letter, in a colour that stays theirs. */
export function Avatar({ name, size }: { readonly name: string; readonly size?: 'large' }): ReactNode {
  const letters = Array.from(name);
  const sum = letters.reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span aria-hidden className={`avatar hue-${sum % HUES} ${size ?? ''}`}>
      {letters[0]?.toUpperCase()}
    </span>
  );
}

/** An amount of coins. */
export function CoinCount({ coins, sign }: { readonly coins: number; readonly sign?: boolean }): ReactNode {
  const { t } = useTranslation();
  const prefix = sign === true && coins > 0 ? '+' : '';
  return (
    <span className="coins">
      <Coins aria-hidden size="1em" />
      {prefix}
      {count(coins)}
      <span className="unseen"> {t('coins.unit', { count: coins })}</span>
    </span>
  );
}

/** What went wrong, told at once. */
export function Problem({ text }: { readonly text: string | undefined }): ReactNode {
  return (
    <div role="alert" className="problem">
      {text}
    </div>
  );
}

/** What is said in passing. A dialog has its own, because screen readers hear nothing from behind it. */
export function Toast({ text }: { readonly text: string }): ReactNode {
  return (
    <div role="status" className={text === '' ? 'toast gone' : 'toast'}>
      {text}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly children: (id: string) => ReactNode;
  readonly id: string;
}

/** A label above what it names. */
export function Field({ label, hint, id, children }: FieldProps): ReactNode {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint !== undefined && <p className="quiet small">{hint}</p>}
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly children: ReactNode;
  readonly strong?: boolean;
}

/** One line of a list of facts. */
export function Fact({ name, children, strong }: RowProps): ReactNode {
  return (
    <div className={strong === true ? 'fact strong' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What stands where there is nothing yet. */
export function Empty({ icon, text }: { readonly icon: ReactNode; readonly text: string }): ReactNode {
  return (
    <div className="empty">
      {icon}
      <p>{text}</p>
    </div>
  );
}
