import { settingsChangeSchema, settingsSchema } from '../model/settings.ts';
import { read, write } from './procedure.ts';

export const settings = {
  get: read('/settings', {}, settingsSchema),
  /** Changes the given settings and answers all of them. */
  change: write('PATCH /settings', { change: settingsChangeSchema }, settingsSchema),
};
