/**
 * The tokens that the stack has given out through the phones' one address. The emulators believe every token that is
 * well formed, with whichever claims, so that only the ones seen here may come back.
 */
import { createHash } from 'node:crypto';

/** More than the phones of a day need; the oldest are forgotten. */
const MOST = 20_000;

/** Where answers carry tokens: of the functions, the control API, and both of the Auth emulator's manners. */
const NAMES: ReadonlySet<string> = new Set([
  'customToken',
  'idToken',
  'refreshToken',
  'id_token',
  'access_token',
  'refresh_token',
]);

/** The headers of a Firestore stream travel in the request that opens it, with one message a field beside them. */
const MESSAGE = /^req\d+_/u;
const BEARER = /^bearer ([\w.=+/-]+)$/iu;

/** What an answer of the Auth emulator or of the functions has given out. */
export class IssuedTokens {
  readonly #known = new Set<string>();

  /**
   * Remembers the tokens of an answer.
   * @returns false when one of them makes an administrator; then none is remembered
   */
  remember(answer: string): boolean {
    const tokens = tokensIn(parsedOrNothing(answer));
    if (tokens.some(isAdministrators)) return false;
    for (const token of tokens) this.#known.add(digest(token));
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    return true;
  }

  /** Whether a header, if there is one, names a token that was given out. */
  allowsHeader(authorization: string | undefined): boolean {
    if (authorization === undefined) return true;
    const token = BEARER.exec(authorization.trim())?.[1];
    return token !== undefined && this.#knows(token);
  }

  /** Whether every token in a request to the Auth emulator was given out. */
  allowsSignIn(contentType: string | undefined, body: string): boolean {
    const fields = fieldsOf(contentType, body);
    if (fields === undefined) return false;
    const tokens = ['token', 'idToken', 'refresh_token', 'refreshToken']
      .map((name) => fields[name])
      .filter((token) => token !== undefined);
    return tokens.length > 0 && tokens.every((token) => typeof token === 'string' && this.#knows(token));
  }

  /**
   * Whether a request of a Firestore stream speaks for nobody else.
   * @param search of its address
   * @param body as it was sent; empty for a request without one
   */
  allowsStream(search: string, body: string): boolean {
    const query = new URLSearchParams(search);
    const goesOn = /^[\w-]+$/u.test(query.get('SID') ?? '');
    const fields = [...new URLSearchParams(body)];
    // What opens a stream is read whole; later messages may say whatever people write to each other.
    const told = goesOn ? fields.filter(([name]) => !MESSAGE.test(name)).flat() : [body, ...fields.flat()];
    return [search, ...[...query].flat(), ...told].every((text) => this.#allowsText(text));
  }

  #allowsText(text: string): boolean {
    const forms = [text, decodedOrSame(text), decodedOrSame(decodedOrSame(text))];
    return forms.every((form) => {
      if (/(?:access|oauth|bearer)_?token/iu.test(form)) return false;
      // A form that is still encoded has no colon yet; its decoded one follows.
      const headers = form.matchAll(/authorization"?[\s]*[:=]([^\r\n&]*)/giu);
      return [...headers].every(([, value = '']) => this.allowsHeader(value.replaceAll('+', ' ')));
    });
  }

  #knows(token: string): boolean {
    return this.#known.has(digest(token));
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function tokensIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'string' && NAMES.has(name) ? [inner] : tokensIn(inner),
  );
}

function isAdministrators(token: string): boolean {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  const claims = parsedOrNothing(payload);
  return typeof claims === 'object' && claims !== null && 'admin' in claims && claims.admin === true;
}

/** @returns undefined for a body that the emulator might read otherwise than it is read here */
function fieldsOf(contentType: string | undefined, body: string): Record<string, unknown> | undefined {
  if (contentType?.startsWith('application/json') === true) {
    const parsed = parsedOrNothing(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  }
  if (contentType?.startsWith('application/x-www-form-urlencoded') !== true) return undefined;
  const fields = new URLSearchParams(body);
  const names = [...fields.keys()];
  return new Set(names).size === names.length ? Object.fromEntries(fields) : undefined;
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
