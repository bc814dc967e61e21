/**
 * The OpenAPI document and the pages that show it: files which the build lays beside the code. They come from here and
 * nowhere else, and the browser is told so. Nothing of them is read before somebody asks.
 */
import type { Response } from 'express';
import { whenAsked, type WhenAsked } from './whenAsked.ts';

/** What the pages need. Styles in elements are set by the library's own code. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Served under `/v1/docs/`; a new release of the library comes with a new deployment. */
const ASSETS = ['start.mjs', 'swagger-ui.css', 'swagger-ui-bundle.js'];
const ASSET_AGE_SEC = 3600;
const PAGE_AGE_SEC = 60;

/** @param folder absolute path of the folder that the build has filled */
export function apiPages(folder: string): WhenAsked {
  return whenAsked((express) => {
    const router = express.Router({ strict: true });
    const file = (path: string, name: string, ageSec: number): void => {
      router.get(path, (_req, res, next) => {
        guard(res);
        res.sendFile(name, { root: folder, maxAge: ageSec * 1000 }, (fault?: Error) => {
          if (fault !== undefined && !res.headersSent) next(fault);
        });
      });
    };
    file('/v1/openapi.json', 'openapi.json', PAGE_AGE_SEC);
    file('/v1/docs', 'index.html', PAGE_AGE_SEC);
    for (const name of ASSETS) file(`/v1/docs/${name}`, name, ASSET_AGE_SEC);
    // The page's links are relative to its address without the slash, because the function may lie below a path.
    router.get('/v1/docs/', (_req, res) => res.redirect('../docs'));
    return router;
  });
}

function guard(res: Response): void {
  res.set({
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
}
