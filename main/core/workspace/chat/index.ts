export { createAttachments, type Attachments } from './attachments.ts';
export { createChat, type Chat, type ChatOptions } from './chat.ts';
export { createImports, type Imports, type ImportsOptions } from './imports.ts';
