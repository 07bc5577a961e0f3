import { Bot, LayoutTemplate, Route, Users, Wrench, type LucideIcon } from 'lucide-react';
import type { CapabilityKind } from '../../../contract/model/catalog.ts';

const ICONS: Record<CapabilityKind, LucideIcon> = { agent: Bot, crew: Users, flow: Route, tool: Wrench, blueprint: LayoutTemplate };

/** The icon of what a plugin offers; its word stands beside it. */
export function KindIcon({ kind, size = 16 }: { kind: CapabilityKind; size?: number }) {
  const Icon = ICONS[kind];
  return <Icon size={size} strokeWidth={1.75} aria-hidden />;
}
