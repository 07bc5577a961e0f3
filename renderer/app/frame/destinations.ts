import { Brain, Hammer, House, MessageSquare, Puzzle, Settings, Store, Users, type LucideIcon } from 'lucide-react';

/** The rooms of the app in the order of the rail. `id` is also the message id `frame.<id>`. */
export const destinations: readonly { id: string; to: string; icon: LucideIcon }[] = [
  { id: 'home', to: '/', icon: House },
  { id: 'marketplace', to: '/marketplace', icon: Store },
  { id: 'plugins', to: '/plugins', icon: Puzzle },
  { id: 'team', to: '/team', icon: Users },
  { id: 'chat', to: '/chat', icon: MessageSquare },
  { id: 'memory', to: '/memory', icon: Brain },
  { id: 'builder', to: '/builder', icon: Hammer },
  { id: 'settings', to: '/settings', icon: Settings },
];

/** The room of an address. */
export const destinationOf = (pathname: string) => destinations.find(({ to }) => to !== '/' && (pathname === to || pathname.startsWith(`${to}/`))) ?? destinations[0];
