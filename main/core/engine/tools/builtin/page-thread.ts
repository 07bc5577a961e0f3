/** The thread that reads one web page and ends. Bundled as page-thread.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { readPage, type PageText } from './page-text.ts';

export interface PageQuestion { readonly html: string; readonly address: string; readonly maxText: number }
export type PageAnswer = { readonly page: PageText } | { readonly problem: string };

const { html, address, maxText } = workerData as PageQuestion;
let answer: PageAnswer;
try {
  answer = { page: readPage(html, address, maxText) };
} catch (error) {
  answer = { problem: error instanceof Error ? error.message : String(error) };
}
parentPort?.postMessage(answer);
