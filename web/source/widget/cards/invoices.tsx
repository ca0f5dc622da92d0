// Invoices: to look at, to tick several of with a running total, or to choose one of.

import { useState } from "preact/hooks";
import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import type { InvoiceRow } from "../events";
import { sumText } from "../money";
import { Buttons, Frame, Lines, Row, Stale, Total } from "./parts";

export function Invoices({ event, isStale }: EventProps) {
  const rows = event.invoices ?? [];
  if (event.choice && rows.length > 0) return <Selectable event={event} isStale={isStale} />;
  return (
    <>
      <Frame label={texts.invoices}>
        <ul class="rows">
          {rows.map((row) => (
            <li key={row.id}>
              <InvoiceLine row={row} />
            </li>
          ))}
        </ul>
        {rows.length > 1 && event.total_text && <Total label={texts.total}>{event.total_text}</Total>}
      </Frame>
      <Buttons event={event} isStale={isStale} />
    </>
  );
}

function InvoiceLine({ row }: { row: InvoiceRow }) {
  const isLate = (row.days_overdue ?? 0) > 0;
  return (
    <Row
      title={texts.invoice(row.number)}
      detail={row.description}
      amount={row.amount_text}
      note={row.due_text && <span class={isLate ? "due late" : "due"}>{row.status_text ?? row.due_text}</span>}
    />
  );
}

function Selectable({ event, isStale }: EventProps) {
  const { chat, refocus } = useView();
  const rows = (event.invoices ?? []).filter((row) => event.choice_values?.includes(row.id) ?? true);
  const isMany = event.choice_multiple ?? false;
  const [chosen, choose] = useState<readonly number[]>(event.selected ?? []);
  const picked = rows.filter((row) => chosen.includes(row.id));
  const toggle = (id: number, isOn: boolean) =>
    choose(isMany ? (isOn ? [...chosen, id] : chosen.filter((one) => one !== id)) : [id]);
  const submit = (submitted: Event) => {
    submitted.preventDefault();
    if (picked.length === 0) return;
    const title = picked.map((row) => texts.invoice(row.number)).join(", ");
    chat.choose(event, event.choice ?? "", title, picked.map((row) => row.id));
    refocus();
  };
  return (
    <>
      <Frame label={texts.invoices} isStale={isStale}>
        <form onSubmit={submit}>
          <fieldset disabled={isStale}>
            <legend class="unseen">{texts.invoices}</legend>
            {isMany && rows.length > 1 && (
              <All
                count={picked.length}
                all={rows.length}
                onChange={(isOn) => choose(isOn ? rows.map((row) => row.id) : [])}
              />
            )}
            <ul class="rows">
              {rows.map((row) => (
                <li key={row.id}>
                  <label class="option">
                    <input
                      type={isMany ? "checkbox" : "radio"}
                      name={`choice-${event.id}`}
                      checked={chosen.includes(row.id)}
                      onChange={(change) => toggle(row.id, change.currentTarget.checked)}
                    />
                    <InvoiceLine row={row} />
                  </label>
                </li>
              ))}
            </ul>
          </fieldset>
          {isStale ? (
            <Stale event={event} />
          ) : (
            <div class="foot">
              {isMany && <Total label={texts.sum}>{sumText(picked)}</Total>}
              <button class="button primary" aria-disabled={picked.length === 0}>
                {isMany ? texts.chooseInvoices(picked.length) : texts.chooseInvoice}
              </button>
            </div>
          )}
        </form>
      </Frame>
      <Buttons event={event} isStale={isStale} />
    </>
  );
}

function All({ count, all, onChange }: { count: number; all: number; onChange: (isOn: boolean) => void }) {
  return (
    <div class="all">
      <label class="option">
        <input
          type="checkbox"
          checked={count === all}
          indeterminate={count > 0 && count < all}
          onChange={(change) => onChange(change.currentTarget.checked)}
        />
        <span>{texts.all}</span>
      </label>
      <span class="detail">{texts.selected(count, all)}</span>
    </div>
  );
}

export function Invoice({ event, isStale }: EventProps) {
  return (
    <>
      <Frame label={texts.invoice(event.invoice?.number ?? "")}>
        <Lines lines={event.lines ?? []} />
        <Total label={texts.total}>{event.invoice?.amount_text}</Total>
      </Frame>
      <Buttons event={event} isStale={isStale} />
    </>
  );
}
