/**
 * Which requests the phones' one address passes on, and to whom. Whatever is not named here is not passed on, because
 * with `--lan` a whole network can ask: the emulators' own controls and administrators' access stay on this machine.
 */
import { allOperations } from '../../../functions/src/operations.ts';
import { REGION } from '../../../functions/src/platform/region.ts';
import type { Ports } from '../stack/ports.ts';

/** Where a request goes. */
export interface Way {
  readonly port: number;
  readonly path: string;
  /** Where the request itself says for whom it speaks, beside its header. */
  readonly speaksIn?: 'signIn' | 'stream';
  /** Whether its answer gives out tokens. */
  readonly givesTokens?: boolean;
}

/** What decides about ways. */
export interface WaysOf {
  readonly projectId: string;
  readonly ports: Pick<Ports, 'auth' | 'control' | 'firestore' | 'functions'>;
}

const SERVICES = [...new Set(allOperations.map(({ contract }) => contract.name.split('/')[0] ?? ''))];
const LOCAL = /^\/local\/(?:info|people|messages|pay)$/u;
/** Signing in by a token, looking oneself up, and fresh tokens. */
const AUTH =
  /^\/(?:identitytoolkit\.googleapis\.com\/v1\/accounts:(?:signInWithCustomToken|lookup)|securetoken\.googleapis\.com\/v1\/token)$/u;
const FIRESTORE = /^\/google\.firestore\.v1\.Firestore\/(?:Listen|Write)\/channel$/u;

/** Where the stack gives out a token for somebody's code, or for nothing. */
const PEOPLE = '/local/people';
const VERIFY = 'auth/verifyOtp';

/**
 * @param path as asked, without its query
 * @returns undefined for whatever is not passed on
 */
export function wayOf(path: string, { projectId, ports }: WaysOf): Way | undefined {
  if (LOCAL.test(path))
    return {
      port: ports.control,
      path: path.replace('/local/', '/web/'),
      givesTokens: path === PEOPLE,
    };
  if (AUTH.test(path)) return { port: ports.auth, path, speaksIn: 'signIn', givesTokens: true };
  if (FIRESTORE.test(path)) return { port: ports.firestore, path, speaksIn: 'stream' };
  const [, project, region, service, operation, ...rest] = path.split('/');
  const known = project === projectId && region === REGION && SERVICES.includes(service ?? '');
  if (!known || operation === undefined || rest.length > 0) return undefined;
  return { port: ports.functions, path, givesTokens: `${service}/${operation}` === VERIFY };
}
