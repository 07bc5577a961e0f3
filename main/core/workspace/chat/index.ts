export { createChat, type Chat, type ChatOptions } from './chat.ts';
