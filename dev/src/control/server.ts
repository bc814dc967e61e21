/** The control API's server on the base port: up before the emulators, complete once they answer. */
import { createServer, type Server } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { WEBHOOK_PATHS } from '../../../functions/src/webhookPaths.ts';
import { REGION } from '../../../functions/src/platform/region.ts';
import type { Ports } from '../stack/ports.ts';
import { WEBHOOK_SECRETS } from '../stack/settings.ts';
import { connectBackend, readTriggers } from './backend.ts';
import { InputError } from './input.ts';
import { clockView, controlRoutes } from './routes.ts';
import { taskRoutes } from './taskRoutes.ts';
import { webRoutes } from './webRoutes.ts';
import { startClock, World } from './world.ts';

/** What `GET /ready` answers. */
export interface ReadyInfo {
  readonly projectId: string;
  readonly region: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly clock: ReturnType<typeof clockView>;
  readonly webhooks: { readonly razorpay: string; readonly agora: string; readonly whatsapp: string };
  readonly secrets: typeof WEBHOOK_SECRETS;
}

export interface Control {
  /** To be called when the emulators answer: opens everything but what was open before. */
  open(): Promise<ReadyInfo>;
  stop(): Promise<void>;
}

/**
 * Listens on the base port. Until `open`, every route answers 503.
 * @param dir the stack's folder
 * @param ports of the emulators that run
 */
export async function startControl(dir: string, ports: Ports, withStorage: boolean): Promise<Control> {
  const clock = startClock(dir);
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '5mb' }));
  let world: World | undefined;
  let routes: express.Router | undefined;
  app.use((request, response, next) => {
    if (routes === undefined) response.status(503).json({ error: { message: 'the stack is starting' } });
    else routes(request, response, next);
  });
  app.use((request, response) => {
    response.status(404).json({ error: { message: `there is no ${request.method} ${request.path}` } });
  });
  app.use(answerFault);
  const server = await listen(app, ports.control);
  return {
    async open() {
      const backend = connectBackend(ports, withStorage);
      const triggers = await readTriggers(backend);
      const opened = new World(dir, backend, clock, triggers);
      world = opened;
      const info = () => readyInfo(opened, ports, withStorage);
      routes = express.Router();
      routes.get('/ready', (_request, response) => {
        response.json(info());
      });
      routes.use(opened.recorders.router());
      routes.use(opened.messaging.router());
      routes.use('/razorpay', opened.razorpay.router());
      routes.use('/agora', opened.agora.router());
      const knowsQueue = (queue: string) => triggers.queues.has(queue);
      routes.use(taskRoutes({ tasks: opened.tasks, nowMs: () => clock.nowMs(), knowsQueue }));
      routes.use('/web', webRoutes(opened));
      routes.use(controlRoutes(opened));
      opened.driver.start();
      return info();
    },
    async stop() {
      world?.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readyInfo(world: World, ports: Ports, withStorage: boolean): ReadyInfo {
  const { projectId, functionsUrl } = world.backend;
  const webhooks = `${functionsUrl}/${projectId}/${REGION}/webhooks`;
  const open = Object.entries(ports).filter(([name]) => withStorage || name !== 'storage');
  return {
    projectId,
    region: REGION,
    ports: Object.fromEntries(open),
    clock: clockView(world),
    webhooks: {
      razorpay: `${webhooks}/${WEBHOOK_PATHS.razorpay}`,
      agora: `${webhooks}/agora`,
      whatsapp: `${webhooks}/whatsapp`,
    },
    secrets: WEBHOOK_SECRETS,
  };
}

/** Four arguments tell Express that this answers faults. */
function answerFault(fault: unknown, _request: Request, response: Response, _next: NextFunction): void {
  if (fault instanceof InputError) {
    response.status(fault.status).json({ error: { field: fault.field, message: fault.message } });
    return;
  }
  const status =
    fault instanceof Error && 'status' in fault && typeof fault.status === 'number' ? fault.status : 500;
  const message = fault instanceof Error ? fault.message : String(fault);
  if (status >= 500) console.error(fault);
  response.status(status).json({ error: status < 500 ? { field: 'body', message } : { message } });
}

function listen(app: express.Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(app);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
