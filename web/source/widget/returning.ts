// Back from a hosted page. A window of another site cannot be watched, so the sign is that this page
// is looked at again after it was left; each opened page is told of once.

import type { Chat } from "./chat";
import type { ChatEvent } from "./events";
import * as gateway from "./gateway";

const AWAY_AT_LEAST_MS = 1500;

export function watchReturns(chat: Chat): (event: ChatEvent) => void {
  let away: { href: string; at: number; hasLeft: boolean } | undefined;
  const leave = () => {
    if (away) away.hasLeft = true;
  };
  const comeBack = () => {
    if (!away?.hasLeft || document.visibilityState !== "visible") return;
    if (Date.now() - away.at < AWAY_AT_LEAST_MS) return;
    const { href } = away;
    away = undefined;
    gateway.returned(href).catch(() => chat.catchUp());
  };
  addEventListener("blur", leave);
  addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") comeBack();
    else leave();
  });
  return ({ href }) => {
    if (href) away = { href, at: Date.now(), hasLeft: false };
  };
}
