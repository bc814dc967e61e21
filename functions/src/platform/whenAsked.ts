/** Express apps that are made when the first request comes, so that the services, which need none, start without it. */
import type express from 'express';
import type { NextFunction, Request, Response } from 'express';

/** What Cloud Functions and other Express apps take as a handler. */
export type WhenAsked = (req: Request, res: Response, next?: NextFunction) => Promise<void>;

type App = (req: Request, res: Response, next: NextFunction) => unknown;

/**
 * @param make makes the app or router, once an instance
 * @returns a handler that loads Express at its first request
 */
export function whenAsked(make: (load: typeof express) => App): WhenAsked {
  let made: Promise<App> | undefined;
  const load = async (): Promise<App> => {
    const { default: loaded } = await import('express');
    return make(loaded);
  };
  return async (req, res, next) => {
    const app = await (made ??= load());
    // An app that is asked by nobody above it answers by itself what it does not know.
    app(req, res, next as NextFunction);
  };
}
