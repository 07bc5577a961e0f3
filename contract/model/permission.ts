import * as z from 'zod/mini';
import { instantSchema, pluginIdSchema } from './ids.ts';

/** What a plugin asks for, one entry a permission. `key` is the exact stable string a grant is bound to. */
export const permissionSchema = z.object({
  /** e.g. `network:api.example.com`, `secret:api_key@api.example.com`, `models:20`, `tools:builtin.calculator`, `folder:data:read`, `storage:10485760`. */
  key: z.string(),
  kind: z.enum(['network', 'secret', 'secret_read', 'models', 'tools', 'folder', 'storage']),
  /** The part that a person reads: a host, a secret's key, a tool pattern, a folder's key, bytes as digits. */
  value: z.string(),
  /** `high` is shown in red and never granted by `--yes`. */
  danger: z.enum(['normal', 'high']),
  detail: z.record(z.string(), z.unknown()),
});
export type Permission = z.infer<typeof permissionSchema>;

/** A permission of an installed plugin as it stands: granted or not, since when, and when it was used last. */
export const pluginPermissionSchema = z.object({ pluginId: pluginIdSchema, name: z.string(), permission: permissionSchema, granted: z.boolean(), grantedAt: z.nullable(instantSchema), lastUsedAt: z.nullable(instantSchema) });
export type PluginPermission = z.infer<typeof pluginPermissionSchema>;
