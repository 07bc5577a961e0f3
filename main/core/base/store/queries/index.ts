import { chatQueries } from './chat.ts';
import { catalogQueries } from './catalog.ts';
import { credentialsQueries } from './credentials.ts';
import { modelsQueries } from './models.ts';
import { pluginsQueries } from './plugins.ts';
import { runsQueries } from './runs.ts';
import { settingsQueries } from './settings.ts';
import { teamQueries } from './team.ts';

/** Every domain's queries over troupe.db; tests/core/store proves that no name stands twice. */
export const mainQueryDomains = [chatQueries, credentialsQueries, modelsQueries, pluginsQueries, runsQueries, settingsQueries, teamQueries] as const;
export const mainQueries = { ...chatQueries, ...credentialsQueries, ...modelsQueries, ...pluginsQueries, ...runsQueries, ...settingsQueries, ...teamQueries };
export type MainQueries = typeof mainQueries;

export const catalogDatabaseQueries = { ...catalogQueries };
export type CatalogQueries = typeof catalogDatabaseQueries;
