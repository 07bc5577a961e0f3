import type { SettingsService } from '../base/settings/index.ts';
import { requestOf, server } from './context.ts';

export const settingsApi = (settings: SettingsService) => ({
  get: server.settings.get.handler(() => settings.all()),
  change: server.settings.change.handler(({ input }) => settings.change(input.change, requestOf('settings.change', input))),
});
