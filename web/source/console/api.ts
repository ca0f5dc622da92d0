// The console's API, as calls, and what it answers with.

export interface Summary {
  id: string;
  holder: string;
  state?: string;
  topic?: string;
  requested_at: string;
  claimed_at?: string | null;
  last_at: string;
  last_event: number;
  agent?: string | null;
  agent_name?: string | null;
  customer?: string | null;
  rating?: number | null;
  ticket?: string | null;
}

export interface Board {
  conversations: Summary[];
  /** Of the conversations that are open somewhere: newest event, notes, holder. */
  newest: Record<string, [number, number, string]>;
  is_open: boolean;
  viewing: Record<string, string[]>;
  typing: Record<string, string[]>;
}

export interface LogEvent {
  id: number;
  at: string;
  author: "customer" | "bot" | "agent" | "system";
  type: string;
  text: string;
  agent?: string;
  titles?: string[];
}

export interface Note {
  id: number;
  after_event: number;
  agent: string;
  at: string;
  text: string;
}

export interface Reading {
  id: string;
  holder: string;
  is_ended: boolean;
  events: LogEvent[];
  notes: Note[];
  requests: Summary[];
}

export interface Money {
  amount: string;
  currency: string;
}

export interface Card {
  identity: { name: string; email: string; client_id: number; proof: string; proven_at: string } | null;
  overdue: { sums: Money[]; invoices: { id: number; number: string; amount: Money; due_date: string }[] } | null;
  orders: {
    id: string;
    confirmed_at: string;
    paid: Money;
    lines: { number: string; amount: Money; status: string; ticket: string | null }[];
  }[];
  flow: { intent: string | null; confidence: number | null; outcome: string | null; at: string }[];
}

export interface Me {
  name: string;
  display_name: string;
  role: string;
  company: string;
  canned: { title: string; text: string }[];
  agents: { name: string; display_name: string }[];
}

/** How one may sign in here. */
export interface Ways {
  passwords: boolean;
  /** What the company's login is called, where there is one. */
  openid: string | null;
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const ROOT = "/api/console";
const TIMEOUT_MS = 20_000;

export async function call<T = void>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(ROOT + path, {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    const told = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    throw new Refusal(response.status, told.error?.code ?? "", told.error?.message ?? "");
  }
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const signIn = (name: string, password: string) => call("POST", "/session", { name, password });
export const signInWays = () => call<Ways>("GET", "/ways");
export const signInElsewhere = () => call<{ address: string }>("POST", "/openid");
export const signOut = () => call("DELETE", "/session");
export const whoAmI = () => call<Me>("GET", "/session");

export const read = (id: string, after: number, notesAfter: number) =>
  call<Reading>("GET", `/conversations/${id}?after=${after}&notes_after=${notesAfter}`);
export const readCard = (id: string) => call<Card>("GET", `/conversations/${id}/card`);

export async function find(list: string, text: string): Promise<Summary[]> {
  const query = new URLSearchParams({ list, text });
  return (await call<{ conversations: Summary[] }>("GET", `/conversations?${query}`)).conversations;
}

export const act = (id: string, name: string, body: object = {}) => call("POST", `/conversations/${id}/${name}`, body);
export const attend = (conversation: string | null, isTyping: boolean) =>
  call("POST", "/attention", { conversation, is_typing: isTyping });
