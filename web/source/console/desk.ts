// What the console knows: who is signed in, the live board, and the conversation that is open.

import * as api from "./api";
import { Refusal, type Board, type Card, type LogEvent, type Me, type Note, type Summary } from "./api";
import { texts } from "./texts";

const ATTENTION_MS = 20_000;
const TYPING_MS = 3_000;
const LISTS = ["queue", "mine", "held", "all"] as const;

export type List = (typeof LISTS)[number];

export interface Opened {
  id: string;
  holder: string;
  isEnded: boolean;
  events: LogEvent[];
  notes: Note[];
  requests: Summary[];
  card?: Card;
}

export class Desk {
  me: Me | undefined;
  isChecked = false;
  board: Board = { conversations: [], newest: {}, is_open: true, viewing: {}, typing: {} };
  isConnected = false;
  list: List = "queue";
  found: Summary[] = [];
  opened: Opened | undefined;
  problem = "";
  notice = "";
  private source: EventSource | undefined;
  private readonly listeners = new Set<() => void>();
  private isLoading = false;
  private mustLoad = false;
  private typedAt = 0;
  private isAttending = false;
  private mustAttend = false;

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  // Signing in and out

  async start(): Promise<void> {
    try {
      this.me = await api.whoAmI();
      this.connect();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) this.problem = said(error);
    }
    this.isChecked = true;
    this.changed();
    addEventListener("hashchange", () => void this.openFromAddress());
    document.addEventListener("visibilitychange", () => this.attend());
    setInterval(() => this.attend(), ATTENTION_MS);
    if (this.me) await this.openFromAddress();
  }

  async signIn(name: string, password: string): Promise<void> {
    this.problem = "";
    await this.tried(async () => {
      await api.signIn(name, password);
      this.me = await api.whoAmI();
      this.connect();
      await this.openFromAddress();
    });
  }

  /** Leaves the page for the company's login. */
  async signInElsewhere(): Promise<void> {
    this.problem = "";
    await this.tried(async () => location.assign((await api.signInElsewhere()).address));
  }

  async signOut(): Promise<void> {
    await api.signOut().catch(() => {});
    this.leave("");
  }

  /** Nothing of what was seen stays in the page. */
  private leave(problem: string): void {
    this.source?.close();
    this.source = undefined;
    this.me = undefined;
    this.opened = undefined;
    this.found = [];
    this.board = { conversations: [], newest: {}, is_open: true, viewing: {}, typing: {} };
    this.problem = problem;
    this.changed();
  }

  // Live

  private connect(): void {
    this.source?.close();
    const source = new EventSource("/api/console/events");
    this.source = source;
    source.onopen = () => this.setConnected(true);
    source.onerror = () => {
      this.setConnected(false);
      if (source.readyState === EventSource.CLOSED && this.source === source) setTimeout(() => void this.again(), 2_000);
    };
    source.onmessage = (message) => this.take(JSON.parse(message.data as string) as Board);
    source.addEventListener("signed_out", () => this.leave(texts.signedOut));
  }

  private async again(): Promise<void> {
    try {
      await api.whoAmI();
      this.connect();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.leave(texts.signedOut);
      else setTimeout(() => void this.again(), 5_000);
    }
  }

  private setConnected(isConnected: boolean): void {
    this.isConnected = isConnected;
    if (isConnected) {
      this.attend();
      this.mustLoad = true;
      void this.load();
    }
    this.changed();
  }

  private take(board: Board): void {
    this.announce(board);
    this.board = board;
    const known = this.opened;
    if (known) {
      const newest = board.newest[known.id];
      const last = known.events.at(-1)?.id ?? 0;
      if (newest && (newest[0] > last || newest[1] > known.notes.length || newest[2] !== known.holder)) {
        this.mustLoad = true;
        void this.load();
      }
    }
    this.changed();
  }

  /** Someone new in the queue: said to screen readers, and outside the page where that is wanted. */
  private announce(board: Board): void {
    const known = new Set(this.board.conversations.filter((one) => one.holder === "waiting").map((one) => one.id));
    const added = board.conversations.find((one) => one.holder === "waiting" && !known.has(one.id));
    if (!added) return;
    this.notice = texts.newWaiting(added.topic ?? "");
    if ("Notification" in globalThis && Notification.permission === "granted" && document.hidden) {
      new Notification(this.notice);
    }
  }

  // Lists

  summaries(list: List): Summary[] {
    const live = this.board.conversations;
    if (list === "queue") return live.filter((one) => one.holder === "waiting");
    if (list === "mine") return live.filter((one) => one.holder === "agent" && one.agent === this.me?.name);
    if (list === "held") return live.filter((one) => one.holder === "agent");
    return this.found;
  }

  async show(list: List, text = ""): Promise<void> {
    this.list = list;
    this.changed();
    if (list === "all") {
      await this.tried(async () => {
        this.found = await api.find("all", text);
      });
    }
  }

  showNumber(number: number): void {
    const list = LISTS[number - 1];
    if (list) void this.show(list);
  }

  // The open conversation

  async openFromAddress(): Promise<void> {
    const id = location.hash.match(/^#\/([0-9a-f]{32})$/)?.[1];
    if (!this.me || id === this.opened?.id) return;
    this.opened = id ? { id, holder: "", isEnded: false, events: [], notes: [], requests: [] } : undefined;
    this.problem = "";
    this.typedAt = 0;
    this.attend();
    this.changed();
    if (!id) return;
    this.mustLoad = true;
    await this.load();
    await this.loadCard();
  }

  private async load(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    try {
      while (this.mustLoad && this.opened) {
        this.mustLoad = false;
        await this.loadOnce(this.opened);
      }
    } catch (error) {
      this.problem = said(error);
    }
    this.isLoading = false;
    this.changed();
  }

  private async loadOnce(opened: Opened): Promise<void> {
    const after = opened.events.at(-1)?.id ?? 0;
    const page = await api.read(opened.id, after, opened.notes.at(-1)?.id ?? 0);
    if (this.opened !== opened) {
      this.mustLoad = true;
      return;
    }
    const isPaid = page.events.some((event) => ["receipt", "progress", "login"].includes(event.type));
    opened.events = [...opened.events, ...page.events.filter((event) => event.id > after)];
    opened.notes = [...opened.notes, ...page.notes];
    opened.requests = page.requests;
    opened.holder = page.holder;
    opened.isEnded = page.is_ended;
    this.changed();
    if (isPaid) void this.loadCard();
  }

  private async loadCard(): Promise<void> {
    const opened = this.opened;
    if (!opened) return;
    opened.card = await api.readCard(opened.id).catch(() => undefined);
    this.changed();
  }

  /** Whether it is this agent who has it. */
  get isMine(): boolean {
    const latest = this.opened?.requests[0];
    return this.opened?.holder === "agent" && latest?.agent === this.me?.name;
  }

  async act(name: string, body: object = {}): Promise<boolean> {
    const opened = this.opened;
    if (!opened) return false;
    this.problem = "";
    this.typedAt = 0;
    const isDone = await this.tried(() => api.act(opened.id, name, body));
    this.attend();
    this.mustLoad = true;
    await this.load();
    return isDone;
  }

  // Others see who looks and who writes

  attend(): void {
    this.mustAttend = true;
    void this.tellAttention();
  }

  /** One at a time, as on two connections the newer could be overtaken by the older. */
  private async tellAttention(): Promise<void> {
    if (this.isAttending) return;
    this.isAttending = true;
    while (this.mustAttend && this.me) {
      this.mustAttend = false;
      const isLooking = document.visibilityState === "visible";
      await api.attend(isLooking ? (this.opened?.id ?? null) : null, this.isTyping).catch(() => {});
    }
    this.isAttending = false;
  }

  /** Who has emptied the field does not write any more. */
  typed(text: string): void {
    if (Boolean(text) === this.isTyping) return;
    this.typedAt = text ? Date.now() : 0;
    this.attend();
  }

  private get isTyping(): boolean {
    return Date.now() - this.typedAt < TYPING_MS;
  }

  private async tried(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === "agent_login") this.leave(texts.signedOut);
      else this.problem = said(error);
      return false;
    } finally {
      this.changed();
    }
  }
}

function said(error: unknown): string {
  return error instanceof Refusal && error.message ? error.message : texts.failed;
}
