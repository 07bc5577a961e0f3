import { Boxes, Info, KeyRound, Library, Palette, Plug, ScrollText, Wrench, type LucideIcon } from 'lucide-react';

/** The sections of the settings. `words` are message ids of what stands in them: the search looks through these. */
export const sections: readonly { id: string; icon: LucideIcon; words: readonly string[] }[] = [
  { id: 'models', icon: Boxes, words: ['settings.models.providers', 'settings.models.add', 'settings.models.default', 'settings.models.key', 'settings.models.address'] },
  { id: 'tools', icon: Wrench, words: ['settings.tools.connections', 'settings.tools.add', 'settings.tools.agents', 'settings.tools.kind.smtp', 'settings.tools.kind.slack', 'settings.tools.kind.search', 'settings.tools.kind.webhook'] },
  { id: 'mcp', icon: Plug, words: ['settings.mcp.add', 'settings.mcp.fromFile', 'settings.mcp.program', 'settings.mcp.address', 'settings.mcp.log'] },
  { id: 'keys', icon: KeyRound, words: ['settings.keys.state', 'settings.keys.recovery'] },
  { id: 'appearance', icon: Palette, words: ['settings.theme', 'settings.theme.dark', 'settings.theme.light', 'settings.language', 'settings.sidebar'] },
  { id: 'registries', icon: Library, words: ['settings.registries.sync', 'settings.registries.add', 'settings.registries.fingerprint', 'settings.offline'] },
  { id: 'audit', icon: ScrollText, words: ['settings.audit.check', 'settings.audit.keep', 'settings.audit.export'] },
  { id: 'about', icon: Info, words: ['settings.about.version', 'settings.about.home', 'settings.about.doctor', 'settings.developer'] },
];
