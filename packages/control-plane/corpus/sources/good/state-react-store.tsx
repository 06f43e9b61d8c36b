import { create } from "zustand";

let listeners: (() => void)[] = [];
export const useDraft = create<{ text: string; set(text: string): void }>((set) => ({ text: "", set: (text) => set({ text }) }));
export function subscribe(listener: () => void) {
  listeners.push(listener);
  document.title = `${listeners.length}`;
}
export const Badge = () => <b>{useDraft.getState().text.length}</b>;
