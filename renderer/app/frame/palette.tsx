import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { Download, Hammer, MessageSquarePlus, Moon, PanelLeft, RefreshCw, Search, Sun, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { PluginIcon } from '../../components/plugin-icon/plugin-icon.tsx';
import { useText } from '../../lib/text.tsx';
import { destinations } from './destinations.ts';

/** Ctrl/Cmd-K: reaches every screen, plugin, agent and the common actions by typing. */
export function Palette() {
  const t = useText();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [words] = useDebouncedValue(query.trim(), 80);
  const { settings, change } = useSettings();
  const { colorScheme } = useMantineColorScheme();
  const sync = useChange('catalog', 'sync');
  const plugins = useCall('plugins', 'list', {});
  const team = useCall('team', 'list', {});
  const own = useCall('builder', 'list', {});
  const found = useCall('catalog', 'search', { words, limit: 6 }, { enabled: words.length > 1, keepPrevious: true });
  const go = (to: string) => () => { void navigate(to); };
  const dark = colorScheme === 'dark' || (colorScheme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);

  const groups: SpotlightActionGroupData[] = [
    { group: t('palette.go'), actions: destinations.map(({ id, to, icon: Icon }) => ({ id: `go-${id}`, label: t(`frame.${id}`), leftSection: <Icon size={18} strokeWidth={1.75} />, onClick: go(to) })) },
    { group: t('palette.team'), actions: (team.data?.hires ?? []).map((hire) => ({ id: `hire-${hire.id}`, label: hire.name, description: hire.role, leftSection: <PluginIcon id={hire.pluginId} name={hire.name} source={undefined} size={24} />, onClick: go(`/team/${hire.id}`) })) },
    { group: t('palette.own'), actions: (own.data?.agents ?? []).map((agent) => ({ id: `own-${agent.id}`, label: agent.name || t('builder.unnamed'), description: agent.description, leftSection: <Hammer size={18} strokeWidth={1.75} />, onClick: go(`/builder/${agent.id}`) })) },
    { group: t('palette.installed'), actions: (plugins.data?.plugins ?? []).map((plugin) => ({ id: `plugin-${plugin.id}`, label: plugin.name, description: plugin.description, leftSection: <PluginIcon id={plugin.id} name={plugin.name} source={undefined} size={24} />, onClick: go(`/marketplace/${plugin.id}`) })) },
    { group: t('palette.actions'), actions: [
      { id: 'theme', label: t(dark ? 'palette.light' : 'palette.dark'), leftSection: dark ? <Sun size={18} strokeWidth={1.75} /> : <Moon size={18} strokeWidth={1.75} />, onClick: () => { change({ theme: dark ? 'light' : 'dark' }); } },
      { id: 'rail', label: t(settings?.sidebarCollapsed ? 'frame.expand' : 'frame.collapse'), leftSection: <PanelLeft size={18} strokeWidth={1.75} />, onClick: () => { change({ sidebarCollapsed: !settings?.sidebarCollapsed }); } },
      { id: 'hire', label: t('palette.hire'), leftSection: <UserPlus size={18} strokeWidth={1.75} />, onClick: go('/team/hire') },
      { id: 'build', label: t('palette.build'), leftSection: <Hammer size={18} strokeWidth={1.75} />, onClick: go('/builder?new=1') },
      { id: 'chat', label: t('palette.chat'), leftSection: <MessageSquarePlus size={18} strokeWidth={1.75} />, onClick: go('/chat') },
      { id: 'sync', label: t('palette.sync'), leftSection: <RefreshCw size={18} strokeWidth={1.75} />, onClick: () => { sync.mutate({}); } },
      { id: 'model', label: t('palette.model'), keywords: [t('palette.modelWords')], leftSection: <Download size={18} strokeWidth={1.75} />, onClick: go('/settings/models') },
    ] },
    ...(words.length > 1 ? [{ group: t('palette.catalog'), actions: [
      ...(found.data?.items ?? []).filter(({ installedVersion }) => installedVersion === null).map((card) => ({ id: `catalog-${card.id}`, label: card.name, description: card.description, keywords: [query], leftSection: <PluginIcon id={card.id} name={card.name} source={undefined} size={24} />, onClick: go(`/marketplace/${card.id}`) })),
      { id: 'search-all', label: t('palette.searchAll', { words }), keywords: [query], leftSection: <Search size={18} strokeWidth={1.75} />, onClick: go(`/marketplace?q=${encodeURIComponent(words)}`) },
    ] }] : []),
  ];
  return (
    <Spotlight actions={groups} query={query} onQueryChange={setQuery} nothingFound={t('palette.nothing')} shortcut="mod + K" highlightQuery scrollable maxHeight={420} overlayProps={{ blur: 0, backgroundOpacity: 0.3 }} attributes={{ content: { 'aria-label': t('frame.searchLabel') } }} transitionProps={{ duration: 100 }}
      searchProps={{ placeholder: t('frame.search'), 'aria-label': t('frame.searchLabel'), leftSection: <Search size={18} /> }} />
  );
}
