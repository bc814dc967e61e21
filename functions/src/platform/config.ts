/**
 * Business settings: Firestore documents under `config/` that an operator edits in the console. They are parsed,
 * their relations are checked, they are cached for 30 s, and a bad edit leaves the last good value in force.
 */
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { defineCollection, type DocumentData } from './store/collection.ts';
import type { Store } from './store/port.ts';

/** One settings document. */
export interface SettingsDeclaration<T extends DocumentData> {
  /** Document id under `config/`. */
  readonly id: string;
  /** Every field has a default, so that `{}` is valid and is what holds when the document is missing. */
  readonly schema: z.ZodType<T>;
  /**
   * An instance that has never seen a valid document refuses to use it, instead of taking the defaults: for prices,
   * which must not depend on which instance answers.
   */
  readonly failClosed?: boolean;
  /** What a field is taken for that is not valid, when no good value is known: where its default would do harm. */
  readonly cautious?: Partial<T>;
}

type Declarations = Record<string, SettingsDeclaration<DocumentData>>;
/** The parsed settings, under the names of their declarations. */
export type SettingsOf<D extends Declarations> = { readonly [K in keyof D]: z.infer<D[K]['schema']> };

export interface SettingsSource<S> {
  /** The settings in force now. */
  get(): Promise<S>;
}

/** How long an instance may work with settings it has read. */
export const SETTINGS_CACHE_SEC = 30;

const configDocument = defineCollection('config/{}', z.looseObject({}));

/**
 * Reads settings past every cache, for what must follow a change at once.
 * @returns undefined in place of what is not valid, whatever may hold instead
 */
export async function readStoredSettings<D extends Declarations>(
  store: Pick<Store, 'getAll'>,
  declarations: D,
): Promise<{ readonly [K in keyof D]: z.infer<D[K]['schema']> | undefined }> {
  const entries = Object.entries(declarations);
  const documents = await store.getAll(...entries.map(([, { id }]) => configDocument.doc(id)));
  const parsed = entries.map(
    ([name, { schema }], index) => [name, schema.safeParse(documents[index] ?? {}).data] as const,
  );
  return Object.fromEntries(parsed) as { [K in keyof D]: z.infer<D[K]['schema']> | undefined };
}

interface SourceOptions<D extends Declarations> {
  readonly declarations: D;
  /** Cached across invocations of an instance; a stale value of 30 s is allowed by design. */
  readonly clock: Clock;
  readonly log: Log;
  /** Changes when caches must be dropped (local stack). */
  readonly epoch: () => number;
}

/** Reads settings through whatever store the invocation has. */
export class SettingsCache<D extends Declarations> {
  readonly #options: SourceOptions<D>;
  readonly #lastGood = new Map<string, DocumentData>();
  #current: SettingsOf<D> | undefined;
  #validUntilMs = 0;
  #epoch = -1;

  constructor(options: SourceOptions<D>) {
    this.#options = options;
  }

  /** @param store used for the read when the cache is too old; all documents in one `getAll` */
  async get(store: Store): Promise<SettingsOf<D>> {
    const nowMs = this.#options.clock.now().getTime();
    const epoch = this.#options.epoch();
    if (this.#current !== undefined && nowMs < this.#validUntilMs && epoch === this.#epoch)
      return this.#current;
    // Settings of before a reset are not a fallback for the ones after it.
    if (epoch !== this.#epoch) this.#lastGood.clear();
    const settings = await this.#read(store);
    this.#current = settings;
    this.#validUntilMs = nowMs + SETTINGS_CACHE_SEC * 1000;
    this.#epoch = epoch;
    return settings;
  }

  async #read(store: Store): Promise<SettingsOf<D>> {
    const names = Object.keys(this.#options.declarations);
    const refs = names.map((name) => configDocument.doc(this.#declaration(name).id));
    const documents = await store.getAll(...refs);
    const settings = {};
    for (const [index, name] of names.entries()) {
      const value = this.#parse(name, documents[index] ?? {});
      // Read on use: what does not depend on a broken document, such as a settlement, goes on without it.
      Object.defineProperty(settings, name, { enumerable: true, get: () => value ?? this.#refuse(name) });
    }
    return settings as SettingsOf<D>;
  }

  /** @returns what holds; undefined when nothing does and no default may take its place */
  #parse(name: string, raw: DocumentData): DocumentData | undefined {
    const { id, schema, failClosed } = this.#declaration(name);
    const result = schema.safeParse(raw);
    if (result.success) {
      this.#lastGood.set(name, result.data);
      return result.data;
    }
    const parameter = `config/${id}: ${result.error.issues.map((issue) => issue.path.join('.') || issue.message).join(', ')}`;
    this.#options.log.write('ERROR', 'settings are not valid, the last good ones stay in force', {
      parameter,
    });
    return (
      this.#lastGood.get(name) ?? (failClosed === true ? undefined : this.#salvaged(name, raw, result.error))
    );
  }

  /** An instance that has just started takes of a document all that is valid. */
  #salvaged(name: string, raw: DocumentData, { issues }: z.ZodError): DocumentData {
    const { schema, cautious = {} } = this.#declaration(name);
    const broken = new Set(issues.map(({ path: [field] }) => field));
    const kept = Object.fromEntries(Object.entries(raw).filter(([field]) => !broken.has(field)));
    // What fields are to each other is looked at only when each is valid by itself, so it may take more than one go.
    if (Object.keys(kept).length === Object.keys(raw).length) return schema.parse(cautious);
    const careful = Object.fromEntries(Object.entries(cautious).filter(([field]) => broken.has(field)));
    const result = schema.safeParse({ ...careful, ...kept });
    return result.success ? result.data : this.#salvaged(name, { ...careful, ...kept }, result.error);
  }

  #refuse(name: string): never {
    throw new Error(
      `config/${this.#declaration(name).id} is not valid, and this instance knows no good value`,
    );
  }

  #declaration(name: string): SettingsDeclaration<DocumentData> {
    const declaration = this.#options.declarations[name];
    if (declaration === undefined) throw new Error(`no settings named ${name}`);
    return declaration;
  }
}
