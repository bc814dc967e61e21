/** The numbers of the demo's call, chosen so that everything a wallet can do to a call happens within seven minutes. */

/** The bonus that everybody gets who signs up: enough for five minutes of audio at 10 coins a minute. */
export const CALLER_COINS = 50;
/** The warning comes a minute before the grant ends. */
export const WARNED_AT_SEC = 240;
/** After the warning and before the cut, so that the call is extended at once. */
export const TOP_UP_AT_SEC = 270;
/** Two minutes more. */
export const TOP_UP_COINS = 20;
/** The last coin is spent. */
export const CUT_AT_SEC = 420;
/** Both grants end in a warning: at 4:00, and after the top-up at 6:00. */
export const WARNINGS = 2;
/** The second call is hung up just within the free seconds. */
export const SHORT_CALL_SEC = 9;

/** What the operator has for a call of her own, as if bought. */
export const OPERATOR_COINS = 30;

/** Who plays. Two of them come in with nothing but a phone number; the operator is there already. */
export const LISTENER = 'Asha';
export const CALLER = 'Ravi';
export const OPERATOR = 'Meera';
export const LISTENER_PHONE = '+919812345001';
export const CALLER_PHONE = '+919812345002';
