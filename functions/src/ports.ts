/** Everything a use case may reach, as parameters. */
import type { MediaGateway } from './gateways/media.ts';
import type { PushGateway } from './gateways/push.ts';
import type { Ids } from './platform/ids.ts';
import type { PlatformPorts } from './platform/operation.ts';
import type { Deliver } from './platform/outbox.ts';
import type { TaskQueue } from './platform/tasks.ts';
import type { Settings } from './settings.ts';

export interface AppPorts extends PlatformPorts {
  readonly ids: Ids;
  readonly tasks: TaskQueue;
  readonly push: PushGateway;
  readonly media: MediaGateway;
  /** The business settings in force now. */
  settings(): Promise<Settings>;
  /** Delivers one effect of the outbox. */
  readonly deliver: Deliver;
}
