import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Step = 'model' | 'agent' | 'message';
export const STEPS: readonly Step[] = ['model', 'agent', 'message'];

interface Progress { step: Step; pluginId: string | null; hireId: string | null }

const START: Progress = { step: 'model', pluginId: null, hireId: null };

/** How far the person came; kept over a reload, so that the tour goes on where it was left. */
export const useProgress = create<Progress>()(persist(() => START, { name: 'troupe-onboarding', version: 1 }));

export const goTo = (step: Step): void => { useProgress.setState({ step }); };
export const beginAnew = (): void => { useProgress.setState(START); };
