import type { Migration } from './migration.ts';

/** Which updates a plugin gets by itself (NULL follows the setting), whether pre-releases count, and the folder that a plugin under development is read from. */
export const updatePolicy: Migration = {
  version: 30,
  name: 'update-policy',
  opensWith: 10,
  apply(db) {
    db.script(`
ALTER TABLE installations ADD COLUMN auto_update TEXT CHECK (auto_update IN ('off', 'patch', 'all'));
ALTER TABLE installations ADD COLUMN channel TEXT NOT NULL DEFAULT 'stable' CHECK (channel IN ('stable', 'prerelease'));
ALTER TABLE installations ADD COLUMN folder TEXT;
`);
  },
};
