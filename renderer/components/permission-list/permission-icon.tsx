import { Database, Folder, Globe, KeyRound, ShieldAlert, Sparkles, Wrench, type LucideIcon } from 'lucide-react';

const ICONS: Record<string, LucideIcon> = { network: Globe, secret: KeyRound, secret_read: ShieldAlert, models: Sparkles, tools: Wrench, folder: Folder, storage: Database };

/** The icon of a kind of permission. The words stand beside it, or in its place's label. */
export function PermissionIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const Icon = ICONS[kind] ?? ShieldAlert;
  return <Icon size={size} strokeWidth={1.75} aria-hidden />;
}
