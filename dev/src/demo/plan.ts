/** The numbers of the demo's call, chosen so that everything a wallet can do to a call happens within five minutes. */

/** Enough for three minutes of audio at 10 coins a minute. */
export const CALLER_COINS = 30;
/** The warning comes a minute before the grant ends. */
export const WARNED_AT_SEC = 120;
/** After the warning and before the cut, so that the call is extended at once. */
export const TOP_UP_AT_SEC = 150;
/** Two minutes more. */
export const TOP_UP_COINS = 20;
/** The last coin is spent. */
export const CUT_AT_SEC = 300;
/** Both grants end in a warning: at 2:00, and after the top-up at 4:00. */
export const WARNINGS = 2;
/** The second call is hung up just within the free seconds. */
export const SHORT_CALL_SEC = 9;

/** Who plays, as the seed names them. */
export const LISTENER = 'Asha';
export const CALLER = 'Ravi';
export const OPERATOR = 'Meera';
