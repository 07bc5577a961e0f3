export { folderToGive } from './folders.ts';
