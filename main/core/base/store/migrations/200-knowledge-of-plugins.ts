import type { Migration } from './migration.ts';

/** Which plugin brought a document for one of its agents; null for those that a person added. */
export const knowledgeOfPlugins: Migration = {
  version: 200,
  name: 'knowledge-of-plugins',
  opensWith: 10,
  apply(db) {
    db.script(`
ALTER TABLE knowledge_documents ADD COLUMN plugin_id TEXT;
CREATE INDEX knowledge_documents_plugin ON knowledge_documents (plugin_id) WHERE plugin_id IS NOT NULL;
`);
  },
};
