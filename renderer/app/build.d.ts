/** The build of this page, put in by vite.page.config.ts; the core refuses a page of another build. */
declare const __TROUPE_BUILD__: string;
