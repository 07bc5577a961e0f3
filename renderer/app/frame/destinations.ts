import { Brain, Hammer, House, MessageSquare, Puzzle, Settings, Store, Users, type LucideIcon } from 'lucide-react';

/** The rooms of the app in the order of the rail. `id` is also the message id `frame.<id>`; `also` is another address that belongs to it. */
export const destinations: readonly { id: string; to: string; also?: string; icon: LucideIcon }[] = [
  { id: 'home', to: '/', icon: House },
  { id: 'marketplace', to: '/marketplace', icon: Store },
  { id: 'plugins', to: '/plugins', icon: Puzzle },
  { id: 'team', to: '/team', icon: Users },
  { id: 'chat', to: '/chat', icon: MessageSquare },
  { id: 'memory', to: '/memory', also: '/knowledge', icon: Brain },
  { id: 'builder', to: '/builder', icon: Hammer },
  { id: 'settings', to: '/settings', icon: Settings },
];

/** The room of an address. */
export const destinationOf = (pathname: string) => destinations.find(({ to, also = to }) => to !== '/' && [to, also].some((one) => pathname === one || pathname.startsWith(`${one}/`))) ?? destinations[0];
