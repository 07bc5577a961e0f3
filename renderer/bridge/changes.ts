import type { QueryClient } from '@tanstack/react-query';
import { hasCode } from '../../contract/errors/app-error.ts';
import type { Bridge } from './bridge.ts';

/** Which domains show something of a topic that changed: an install changes what the catalog calls installed. */
const SHOWN_IN: Record<string, readonly string[]> = {
  settings: ['settings', 'models', 'team', 'audit'],
  credentials: ['credentials', 'models', 'settings', 'catalog', 'plugins', 'team', 'chat', 'runs', 'tools', 'observe'],
  catalog: ['catalog', 'plugins'],
  plugins: ['plugins', 'catalog', 'team', 'audit', 'builder'],
  team: ['team', 'plugins', 'chat', 'audit', 'builder', 'memory'],
  builder: ['builder', 'plugins'],
  tools: ['tools', 'builder', 'team', 'audit'],
  chat: ['chat'],
  runs: ['runs', 'team', 'chat'],
  models: ['models', 'team', 'settings', 'audit', 'catalog'],
  mcp: ['mcp', 'builder', 'team', 'audit'],
  audit: ['audit', 'plugins'],
  memory: ['memory', 'audit'],
  knowledge: ['knowledge'],
};

/** Follows the core's changes and asks again for what is shown of them. Ends with `signal`. */
export async function followChanges({ client, status }: Bridge, queries: QueryClient, signal: AbortSignal): Promise<void> {
  let first = true;
  while (!signal.aborted) {
    try {
      await client.follow(
        (stream, aborted) => {
          // A fresh subscription may follow a gap: everything on the screen could be older than the core.
          if (!first) void queries.invalidateQueries();
          first = false;
          return client.call.observe.changes({ stream }, { signal: aborted });
        },
        (change) => {
          status.setState({ running: change.running });
          const domains = new Set(change.topics.flatMap((topic) => SHOWN_IN[topic] ?? [topic]));
          if (domains.size > 0) void queries.invalidateQueries({ predicate: ({ queryKey }) => domains.has(String(queryKey[0])) });
        },
        { signal },
      );
      return;
    } catch (error) {
      if (hasCode(error, 'core/other-build', 'core/unknown-procedure') || client.state() === 'closed' || client.state() === 'refused') return;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
