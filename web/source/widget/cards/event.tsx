// Which card an event is drawn as; one of an unknown type is drawn by its text and its buttons.

import type { JSX } from "preact";
import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import { withoutList } from "../events";
import { Cards, Quotes } from "./choose-one";
import { Invoice, Invoices } from "./invoices";
import { Login } from "./login";
import { Buttons, WindowLink } from "./parts";
import { Progress, Receipt, Summary } from "./payment";

type Drawing = (props: EventProps) => JSX.Element | null;

function Link({ event }: EventProps) {
  return event.href ? <WindowLink event={event} title={event.title ?? event.text} /> : null;
}

function Handover({ event }: EventProps) {
  return event.position ? <p class="done">{texts.queue(event.position)}</p> : null;
}

const DRAWINGS: Record<string, Drawing> = {
  invoices: Invoices,
  invoice: Invoice,
  cards: Cards,
  summary: Summary,
  progress: Progress,
  receipt: Receipt,
  quotes: Quotes,
  login: Login,
  link: Link,
  handover: Handover,
};

/** Their cards show what the lines of their text say. */
const LISTED = new Set(["invoices", "invoice", "cards", "summary", "receipt", "quotes"]);
const SUMMARY_SENTENCE = /^Totalt .*$/m;

function words({ event }: EventProps): string {
  if (event.type === "progress" && event.total) return "";
  if (event.type === "login" && event.step === "choose") return withoutList(event.text);
  if (!LISTED.has(event.type)) return event.text;
  const text = withoutList(event.text);
  return event.type === "summary" ? text.replace(SUMMARY_SENTENCE, "").replace(/\n{2,}/g, "\n") : text;
}

export function EventView(props: EventProps) {
  const { event, isStale } = props;
  const { stale } = useView();
  const Drawing = DRAWINGS[event.type];
  const text = words(props);
  return (
    <>
      {text && <p class={event.author === "system" ? "words aside" : "words"}>{text}</p>}
      {Drawing ? <Drawing event={event} isStale={isStale} /> : <Buttons event={event} isStale={stale.has(event.id)} />}
      {event.type === "link" || event.type === "handover" ? <Buttons event={event} isStale={isStale} /> : null}
    </>
  );
}
