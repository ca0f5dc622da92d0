// What every part of the view needs of the chat.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Chat } from "./chat";
import type { ChatEvent } from "./events";

export interface View {
  chat: Chat;
  stale: ReadonlySet<number>;
  opened: (event: ChatEvent) => void;
  /** Give the keyboard a place after its button has gone. */
  refocus: () => void;
}

export const ViewContext = createContext<View | null>(null);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error("no view");
  return view;
}

export interface EventProps {
  event: ChatEvent;
  isStale: boolean;
}
