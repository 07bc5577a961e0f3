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

/** Whether an address is in a room; home is its own address alone. */
export const isIn = ({ to, also = to }: { to: string; also?: string | undefined }, pathname: string): boolean => [to, also].some((one) => pathname === one || (one !== '/' && pathname.startsWith(`${one}/`)));

/** The room of an address; home for one that is in none. */
export const destinationOf = (pathname: string) => destinations.find((room) => isIn(room, pathname)) ?? destinations[0];
