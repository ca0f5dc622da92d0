// One conversation in this tab: opened, followed, added to, ended. The log at the gateway is the truth;
// what is here is a copy of it by id, and the messages that are not in it yet.

import { hasChoices, isLoginEnded, isShown, type ChatEvent } from "./events";
import * as gateway from "./gateway";
import { Refusal } from "./gateway";
import * as keep from "./keep";
import { Outbox, type Pending } from "./outbox";
import { follow } from "./stream";
import { Tabs, type TabMessage } from "./tabs";

export type Phase = "starting" | "open" | "ended" | "failed";

const PAGE = 200;
const NEWEST = 2 ** 31 - 1;
const STALE_MS = 20_000;
const LONGEST_PAUSE_MS = 15_000;

const TYPING_MS = 5_000;
const TYPING_PAUSE_MS = 3_000;

export class Chat {
  phase: Phase = "starting";
  events: ChatEvent[] = [];
  hasOlder = false;
  isConnected = true;
  /** A sentence about something that did not work, until the next try. */
  problem = "";
  readonly refused = new Set<number>();
  readonly outbox: Outbox;
  /** How a message that was shown before it had an event goes on being the same node. */
  readonly keys = new Map<number, string>();
  conversation = "";
  cursor = 0;

  private readonly listeners = new Set<() => void>();
  private readonly tabs: Tabs;
  private stream = new AbortController();
  private signAt = Date.now();
  private failures = 0;
  private agentTypesUntil = 0;
  private typedAt = 0;
  private wake: () => void = () => {};
  private opening: Promise<void> | undefined;

  constructor() {
    this.outbox = new Outbox({
      changed: () => this.outboxChanged(),
      refused: (message, refusal) => this.messageRefused(message, refusal),
    });
    this.tabs = new Tabs((message) => this.heard(message));
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  // Opening and ending

  /** Open, or come back to, the conversation of this browser; a proven identity joins it. */
  async start(identity?: string): Promise<void> {
    while (this.opening) await this.opening;
    this.opening = this.open(identity).finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async open(identity?: string): Promise<void> {
    try {
      const opened = await this.opened(identity);
      await this.adopt(opened.conversation_id);
      this.tabs.tell({ type: "opened", conversation: this.conversation });
    } catch (error) {
      this.phase = this.events.length ? this.phase : "failed";
      this.problem = error instanceof Refusal ? error.message : "";
    }
    this.changed();
  }

  /** A token that is too old or used must not keep anybody out: then one goes on as a visitor. */
  private async opened(identity?: string): Promise<gateway.Opened> {
    try {
      return await gateway.open(identity);
    } catch (error) {
      if (!identity || !(error instanceof Refusal) || error.isPassing) throw error;
      return gateway.open();
    }
  }

  private async adopt(conversation: string): Promise<void> {
    const isNew = conversation !== this.conversation;
    if (isNew && this.conversation) this.wipe();
    const page = await gateway.history({ before: NEWEST, limit: PAGE });
    this.conversation = conversation;
    if (this.phase !== "open") this.phase = "open";
    if (isNew) this.hasOlder = page.has_older ?? false;
    this.add(page.events);
    if (isNew) this.sendKept();
    this.reconnect();
  }

  private sendKept(): void {
    const kept = keep.outbox(this.conversation);
    keep.keepOutbox(this.conversation, kept);
    for (const message of kept) {
      this.outbox.add({ ...message, shown: message.text ?? "", state: "waiting" });
    }
  }

  async end(): Promise<void> {
    const conversation = this.conversation;
    try {
      await gateway.end();
    } catch (error) {
      if (!(error instanceof Refusal) || error.isPassing) {
        this.problem = error instanceof Refusal ? error.message : "";
        this.changed();
        throw error;
      }
    }
    this.endHere(conversation || this.conversation);
  }

  /** The answer and the stream both tell of the end; the other tabs hear it of the one that comes first. */
  private endHere(conversation: string): void {
    if (conversation !== this.conversation) return;
    this.tabs.tell({ type: "ended", conversation });
    this.finish();
  }

  private finish(): void {
    this.phase = "ended";
    this.wipe();
    this.changed();
  }

  private wipe(): void {
    this.stream.abort();
    this.events = [];
    this.cursor = 0;
    this.conversation = "";
    this.hasOlder = false;
    this.problem = "";
    this.outbox.clear();
    this.refused.clear();
    this.keys.clear();
    keep.forget();
  }

  // Following

  /** From now on this tab follows the log, by itself or by the tab that leads. */
  live(): void {
    this.tabs.whenLeader(() => void this.lead());
    const back = () => document.visibilityState === "visible" && void this.comeBack();
    document.addEventListener("visibilitychange", back);
    addEventListener("pageshow", back);
    addEventListener("online", () => void this.comeBack(true));
    addEventListener("offline", () => this.setConnected(false));
  }

  /** After sleep, a dead network or the page cache: connect again and catch up. */
  private async comeBack(mustReconnect = false): Promise<void> {
    this.outbox.hurry();
    if (mustReconnect || Date.now() - this.signAt > STALE_MS) this.reconnect();
    await this.catchUp();
  }

  private reconnect(): void {
    this.failures = 0;
    this.stream.abort();
    this.wake();
  }

  private async lead(): Promise<never> {
    for (;;) {
      if (this.phase === "open") await this.followOnce();
      await this.rest(this.phase === "open" ? this.pause() : LONGEST_PAUSE_MS);
    }
  }

  private async followOnce(): Promise<void> {
    this.stream = new AbortController();
    const conversation = this.conversation;
    try {
      const hasEnded = await follow(this.cursor, this.stream.signal, {
        event: (event) => {
          this.tabs.tell({ type: "event", conversation, event });
          this.add([event]);
        },
        typing: () => this.agentTypes(),
        sign: () => {
          this.tabs.tell({ type: "sign", conversation });
          this.connected();
        },
      });
      if (hasEnded) this.endHere(conversation);
    } catch (error) {
      if (!this.stream.signal.aborted) this.lost(error);
    }
  }

  /** Whether a person writes: the last sign of it is a few seconds old at most. */
  get isAgentTyping(): boolean {
    return Date.now() < this.agentTypesUntil;
  }

  private agentTypes(): void {
    this.agentTypesUntil = Date.now() + TYPING_MS;
    setTimeout(() => this.changed(), TYPING_MS + 50);
    this.changed();
  }

  /** Tell the person who has the conversation that the customer writes. */
  typed(): void {
    const held = this.events.findLast((event) => event.type === "handover");
    if (held?.state !== "agent" || Date.now() - this.typedAt < TYPING_PAUSE_MS) return;
    this.typedAt = Date.now();
    void gateway.typing().catch(() => {});
  }

  private lost(error: unknown): void {
    this.failures += 1;
    if (error instanceof Refusal && error.status === 401) return this.finish();
    if (this.failures > 1 || !navigator.onLine) this.setConnected(false);
  }

  private pause(): number {
    return this.failures === 0 ? 0 : Math.min(500 * 2 ** this.failures, LONGEST_PAUSE_MS);
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private connected(): void {
    this.signAt = Date.now();
    this.failures = 0;
    this.setConnected(true);
  }

  /** An answer that was on its way when the network went is no sign of it being back. */
  private setConnected(isConnected: boolean): void {
    if (isConnected === this.isConnected || (isConnected && !navigator.onLine)) return;
    this.isConnected = isConnected;
    this.changed();
  }

  /** Read what was missed, without the stream. */
  async catchUp(): Promise<void> {
    if (this.phase !== "open") return;
    const conversation = this.conversation;
    try {
      const page = await gateway.history({ after: this.cursor });
      if (conversation === this.conversation) this.add(page.events);
      this.setConnected(true);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.finish();
    }
  }

  async readOlder(): Promise<void> {
    const first = this.events[0]?.id;
    if (!first) return;
    const page = await gateway.history({ before: first, limit: PAGE });
    this.hasOlder = page.has_older ?? false;
    this.add(page.events);
  }

  private heard(message: TabMessage): void {
    if (this.phase === "starting") return;
    if (message.type === "opened" && message.conversation !== this.conversation) return void this.start();
    if (message.conversation !== this.conversation) return;
    if (message.type === "ended") this.finish();
    if (message.type === "read") this.changed();
    if (message.type === "sign") this.connected();
    if (message.type === "event") this.hearEvent(message.event);
  }

  private hearEvent(event: ChatEvent): void {
    if (event.id > this.cursor + 1) void this.catchUp();
    else this.add([event]);
  }

  // The copy of the log

  private add(incoming: readonly ChatEvent[]): void {
    const fresh = incoming.filter((event) => !this.events.some((known) => known.id === event.id));
    if (fresh.length === 0) return;
    this.events = [...this.events, ...fresh].sort((one, other) => one.id - other.id);
    this.cursor = this.events.at(-1)?.id ?? this.cursor;
    for (const event of fresh) this.settle(event);
    const ended = this.events.findLast(isLoginEnded);
    if (ended) this.forgetBefore(ended.id);
    this.changed();
  }

  /** After a logout nothing of before may stay, here or in any other tab. */
  private forgetBefore(id: number): void {
    this.events = this.events.filter((event) => event.id >= id);
    this.hasOlder = false;
  }

  private settle(event: ChatEvent): void {
    if (event.author !== "customer") return;
    const known = this.outbox.messages.find((one) => one.cursor === event.id);
    const same = known ?? this.pending.find((one) => !one.cursor && one.shown === event.text);
    if (same) this.pair(event.id, same);
    if (known) this.outbox.remove(known.client_message_id);
  }

  /** From here on the event is drawn where its message was; a guess by the text may be corrected. */
  private pair(id: number, message: Pending): void {
    for (const [other, key] of this.keys) if (key === message.client_message_id) this.keys.delete(other);
    this.keys.set(id, message.client_message_id);
  }

  // Saying

  say(text: string): void {
    this.put({ shown: text, text });
  }

  choose(event: ChatEvent, choice: string, shown: string, values: (number | string)[] = []): void {
    this.put({ shown, choice, values, answers: event.id });
  }

  private put(message: Omit<Pending, "client_message_id" | "state">): void {
    this.problem = "";
    this.typedAt = 0;
    this.outbox.add({ ...message, client_message_id: newId(), state: "waiting" });
  }

  private outboxChanged(): void {
    for (const message of this.outbox.messages) {
      const event = message.cursor && this.events.find((one) => one.id === message.cursor);
      if (!event) continue;
      this.pair(event.id, message);
      this.outbox.messages = this.outbox.messages.filter((one) => one !== message);
    }
    if (this.conversation) this.keepOutbox();
    this.changed();
  }

  private keepOutbox(): void {
    const unsent = this.outbox.messages.filter((one) => one.text && one.state !== "sent");
    const plain = unsent.map(({ client_message_id, text }) => ({ client_message_id, text: text ?? "" }));
    keep.keepOutbox(this.conversation, plain);
  }

  private messageRefused(message: Pending, refusal: Refusal): void {
    if (refusal.status === 401) return this.finish();
    if (!message.choice) return;
    this.outbox.remove(message.client_message_id);
    if (message.answers && refusal.code !== "choice_values") this.refused.add(message.answers);
    this.problem = refusal.message;
    this.changed();
  }

  // What the view asks

  /** Messages that no event shows yet. */
  get pending(): readonly Pending[] {
    const shown = new Set(this.keys.values());
    return this.outbox.messages.filter((one) => !shown.has(one.client_message_id));
  }

  /** Choices that are being sent count as taken. */
  get taken(): Set<number> {
    const taken = new Set(this.refused);
    for (const { answers } of this.outbox.messages) if (answers) taken.add(answers);
    return taken;
  }

  unread(): number {
    const read = keep.lastRead(this.conversation);
    return this.events.filter((one) => one.id > read && one.author !== "customer" && isShown(one)).length;
  }

  markRead(): void {
    const newest = this.events.at(-1)?.id ?? 0;
    if (!this.conversation || newest <= keep.lastRead(this.conversation)) return;
    keep.keepLastRead(this.conversation, newest);
    this.tabs.tell({ type: "read", conversation: this.conversation, id: newest });
  }

  /** The event that a login form belongs to, while it is open. */
  get openLogin(): ChatEvent | undefined {
    const last = this.events.findLast((event) => event.type === "login");
    return last && (last.step === "email" || last.step === "code") ? last : undefined;
  }

  get lastWithChoices(): ChatEvent | undefined {
    return this.events.findLast(hasChoices);
  }
}

/** Random enough for one conversation; `randomUUID` exists on secure origins only. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
