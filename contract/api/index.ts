import { audit } from './audit.ts';
import { builder } from './builder.ts';
import { catalog } from './catalog.ts';
import { chat } from './chat.ts';
import { credentials } from './credentials.ts';
import { knowledge } from './knowledge.ts';
import { link } from './link.ts';
import { memory } from './memory.ts';
import { mcp } from './mcp.ts';
import { models } from './models.ts';
import { observe } from './observe.ts';
import { plugins } from './plugins.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { team } from './team.ts';
import { tools } from './tools.ts';

/** Everything a client may ask of the core: one file per domain, both ends derived from it. */
export const contract = { link, observe, settings, audit, credentials, catalog, plugins, team, chat, runs, models, mcp, builder, memory, knowledge, tools };
export type Contract = typeof contract;
