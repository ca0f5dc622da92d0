// The events of a conversation's log as the gateway sends them.

export type Author = "customer" | "bot" | "agent" | "system";

export interface Choice {
  token: string;
  title: string;
  style?: string;
}

export interface InvoiceRow {
  id: number;
  number: string;
  description: string;
  due_text?: string;
  amount_text: string;
  balance?: string;
  currency?: string;
  days_overdue?: number;
  status_text?: string;
}

export interface CardRow {
  id: number;
  brand: string;
  last4: string;
  expiry: string;
  description?: string;
  expired?: boolean;
}

export interface OutcomeRow {
  id: number;
  number: string;
  description: string;
  amount_text: string;
  status: string;
  status_text: string;
  advice_text?: string;
  href?: string;
}

export interface Line {
  description: string;
  amount_text: string;
}

export interface QuoteRow {
  id: number;
  subject: string;
  total_text: string;
  valid_text?: string;
  open?: boolean;
  lines?: Line[];
}

/** Everything an event may carry; which of it is there depends on `type`. */
export interface ChatEvent {
  id: number;
  at: string;
  author: Author;
  type: string;
  text: string;
  answers?: number;
  choices?: Choice[];
  choice?: string;
  choice_values?: (number | string)[];
  choice_multiple?: boolean;
  choices_until?: string;
  state?: string;
  step?: string;
  reason?: string;
  href?: string;
  title?: string;
  purpose?: string;
  invoices?: InvoiceRow[];
  invoice?: InvoiceRow;
  lines?: Line[];
  total_text?: string;
  selectable?: boolean;
  selected?: number[];
  cards?: CardRow[];
  card?: CardRow | null;
  rows?: (InvoiceRow | OutcomeRow)[];
  charges?: number;
  charges_text?: string;
  notice_text?: string;
  order?: string;
  done?: number;
  total?: number;
  paid_text?: string;
  is_final?: boolean;
  accounts?: { id: number; name: string }[];
  email_masked?: string;
  methods?: string[];
  quotes?: QuoteRow[];
  terms?: string;
  position?: number;
  agent?: string;
}

/** Frames of turns and signs of typing tell what goes on; they are no words of the conversation. */
export function isShown(event: ChatEvent): boolean {
  return event.type !== "turn" && event.type !== "typing";
}

export function isLoginEnded(event: ChatEvent): boolean {
  return event.type === "login" && event.step === "ended";
}

/** Something in it can be tapped, and answering by it is possible once. */
export function hasChoices(event: ChatEvent): boolean {
  return Boolean(event.choices?.length || event.choice);
}

/** The events whose choices no longer count: answered, too old, or overtaken by later questions. */
export function staleEvents(events: readonly ChatEvent[], refused: ReadonlySet<number>, now: number): Set<number> {
  const stale = new Set(refused);
  let isOvertaken = false;
  let hasLaterChoices = false;
  for (const event of events.toReversed()) {
    if (event.author === "customer") {
      if (event.answers) stale.add(event.answers);
      isOvertaken ||= hasLaterChoices;
    }
    if (!hasChoices(event)) continue;
    if (isOvertaken || (event.choices_until && Date.parse(event.choices_until) < now)) stale.add(event.id);
    hasLaterChoices = true;
  }
  return stale;
}

/** Whether an answer is being made: a turn has started and not finished. */
export function isAnswering(events: readonly ChatEvent[]): boolean {
  const last = events.findLast((event) => event.type === "turn");
  return last?.state === "started";
}

/** The text without the lines that its card shows already. */
export function withoutList(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s*(\d+\.|–)\s/.test(line))
    .join("\n")
    .trim();
}
