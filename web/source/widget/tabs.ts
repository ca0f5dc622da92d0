// Several tabs, one connection: the tab that holds the lock leads and follows the log for all, the
// others listen. Where locks are missing every tab leads itself, which only costs connections.

import type { ChatEvent } from "./events";

export type TabMessage =
  | { type: "event"; conversation: string; event: ChatEvent }
  | { type: "sign"; conversation: string }
  | { type: "opened" | "ended"; conversation: string }
  | { type: "read"; conversation: string; id: number };

const NAME = "kvitt";
const LEADER_SILENCE_MS = 45_000;

export class Tabs {
  private readonly channel = new BroadcastChannel(NAME);
  private heardAt = Date.now();

  constructor(listen: (message: TabMessage) => void) {
    this.channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      if (data.type === "sign" || data.type === "event") this.heardAt = Date.now();
      listen(data);
    };
  }

  tell(message: TabMessage): void {
    this.channel.postMessage(message);
  }

  /** Call `lead` once this tab has the lock, or when the leader has gone silent (a frozen tab). */
  whenLeader(lead: () => void): void {
    let isLeading = false;
    const start = () => {
      if (!isLeading) lead();
      isLeading = true;
    };
    if (!navigator.locks) return start();
    void navigator.locks.request(`${NAME}-leader`, () => {
      start();
      return new Promise<never>(() => {});
    });
    setInterval(() => {
      if (Date.now() - this.heardAt > LEADER_SILENCE_MS) start();
    }, LEADER_SILENCE_MS / 3);
  }
}
