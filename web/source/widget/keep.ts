// What this browser keeps between visits, only after the visitor has opened the chat: words that are
// not sent yet, how far has been read, and whether sound is wanted. Storage may be full or forbidden;
// then nothing is kept and the chat still works.

import type { Outgoing } from "./gateway";

const OUTBOX = "kvitt-outbox";
const READ = "kvitt-read";
const SOUND = "kvitt-sound";

interface Kept<T> {
  conversation: string;
  value: T;
}

function get<T>(key: string, conversation: string): T | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept<T> | null;
    return kept?.conversation === conversation ? kept.value : undefined;
  } catch {
    return undefined;
  }
}

function put<T>(key: string, conversation: string, value: T): void {
  try {
    localStorage.setItem(key, JSON.stringify({ conversation, value }));
  } catch {
    // Forbidden or full: see above.
  }
}

export const outbox = (conversation: string) => get<Outgoing[]>(OUTBOX, conversation) ?? [];
export const keepOutbox = (conversation: string, messages: Outgoing[]) =>
  put(OUTBOX, conversation, messages);

export const lastRead = (conversation: string) => get<number>(READ, conversation) ?? 0;
export const keepLastRead = (conversation: string, id: number) => put(READ, conversation, id);

export const isSoundOn = () => get<boolean>(SOUND, "") ?? false;
export const keepSound = (isOn: boolean) => put(SOUND, "", isOn);

/** Nothing of the conversation stays on this machine. */
export function forget(): void {
  try {
    for (const key of [OUTBOX, READ]) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
