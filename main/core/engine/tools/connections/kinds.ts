import type { Kind } from './kind.ts';
import { folder } from './folder.ts';
import { http, slack, webhook } from './http-kinds.ts';
import { postgres } from './postgres.ts';
import { search } from './search.ts';
import { smtp } from './smtp.ts';
import { sqlite } from './sqlite.ts';

/** Every kind of connection, in the order in which they are offered. */
export const KINDS: readonly Kind[] = [folder, search, slack, smtp, webhook, http, sqlite, postgres];
