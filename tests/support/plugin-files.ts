/** The files of small plugins for tests. */
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const MANIFEST = 'schema_version: "1.0"\nplugin:\n  id: com.example.small\n  name: Small\n  version: 1.0.0\n  description: A small plugin.\n';

/** A plugin.yaml and whatever else is named, by path. */
export function pluginFilesOf(files: Record<string, string | Uint8Array> = {}): Map<string, Uint8Array> {
  return new Map(Object.entries({ 'plugin.yaml': MANIFEST, ...files }).map(([name, content]) => [name, typeof content === 'string' ? bytes(content) : content]));
}
