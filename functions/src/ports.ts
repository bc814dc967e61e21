/** Everything a use case may reach, as parameters. */
import type { AccountGateway } from './gateways/accounts.ts';
import type { CodeGateways } from './gateways/codes.ts';
import type { FileGateway } from './gateways/files.ts';
import type { MediaGateway, PeerGateway } from './gateways/media.ts';
import type { PaymentGateways } from './gateways/payments.ts';
import type { PushGateway } from './gateways/push.ts';
import type { Ids } from './platform/ids.ts';
import type { PlatformPorts } from './platform/operation.ts';
import type { Deliver, Patience } from './platform/outbox.ts';
import type { TaskQueue } from './platform/tasks.ts';
import type { Settings } from './settings.ts';

/** Secrets of our own, read when they are needed. */
export interface Keys {
  /** Hashes phone numbers. Never changed: what is kept under its hashes must be found again. */
  phone(): string;
  /** Makes and checks one-time codes. Changing it voids the codes that are under way. */
  code(): string;
}

export interface AppPorts extends PlatformPorts {
  readonly ids: Ids;
  readonly tasks: TaskQueue;
  readonly push: PushGateway;
  /** For calls through a media server … */
  readonly media: MediaGateway;
  /** … and for those from app to app. */
  readonly peers: PeerGateway;
  readonly accounts: AccountGateway;
  readonly codes: CodeGateways;
  readonly files: FileGateway;
  readonly payments: PaymentGateways;
  readonly keys: Keys;
  /** The business settings in force now. */
  settings(): Promise<Settings>;
  /** Delivers one effect of the outbox. */
  readonly deliver: Deliver;
  /** How long one may take. */
  readonly patience?: Patience;
}
