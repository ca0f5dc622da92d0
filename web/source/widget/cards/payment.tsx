// From the summary to the receipt.

import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import type { OutcomeRow } from "../events";
import { Alert, Check, Clock, Cross } from "../icons";
import { Buttons, CardFace, Frame, Row, Stale, Total } from "./parts";

export function Summary({ event, isStale }: EventProps) {
  const { card } = event;
  return (
    <Frame label={texts.summary} isStale={isStale}>
      <ul class="rows">
        {event.rows?.map((row) => (
          <li key={row.id}>
            <Row title={texts.invoice(row.number)} detail={row.description} amount={row.amount_text} />
          </li>
        ))}
      </ul>
      <Total label={texts.total}>{event.total_text}</Total>
      <div class="pay-with">
        <span class="detail">{texts.payWith}</span>
        {card ? (
          <CardFace brand={card.brand} last4={card.last4} detail={texts.validTo(card.expiry)} />
        ) : (
          <span class="name">{texts.credit}</span>
        )}
      </div>
      {event.charges_text && <p class="notice">{event.charges_text}</p>}
      {event.notice_text && <p class="notice">{event.notice_text}</p>}
      {isStale ? <Stale event={event} /> : <Buttons event={event} isStale={isStale} main={event.total_text ?? ""} />}
    </Frame>
  );
}

export function Progress({ event }: EventProps) {
  const { chat } = useView();
  const same = chat.events.filter((one) => one.order === event.order);
  const isOver = same.some((one) => one.type === "receipt");
  const newest = same.findLast((one) => one.type === "progress") ?? event;
  const [done, total] = [newest.done ?? 0, newest.total ?? 0];
  const label = isOver ? texts.progressDone : texts.paying;
  return (
    <Frame label={label}>
      <p class="paying">
        <span>{label}</span>
        {total > 0 && !isOver && <span class="detail">{texts.progress(done, total)}</span>}
      </p>
      {!isOver && (total > 0 ? <progress aria-label={label} value={done} max={total} /> : <progress aria-label={label} />)}
    </Frame>
  );
}

const SIGNS = { paid: Check, part_paid: Check, declined: Cross, not_charged: Cross, needs_authentication: Alert };

function Outcome({ row }: { row: OutcomeRow }) {
  const Sign = SIGNS[row.status as keyof typeof SIGNS] ?? Clock;
  return (
    <li class={`outcome ${row.status}`}>
      <span class="sign">
        <Sign />
      </span>
      <Row
        title={texts.invoice(row.number)}
        detail={row.description}
        amount={row.amount_text}
        note={
          <>
            <span class="status">{row.status_text}</span>
            {row.advice_text && <span class="advice">{row.advice_text}</span>}
          </>
        }
      />
    </li>
  );
}

export function Receipt({ event, isStale }: EventProps) {
  const rows = (event.rows ?? []) as OutcomeRow[];
  const isAnyPaid = rows.some((row) => row.status === "paid" || row.status === "part_paid");
  return (
    <>
      <Frame label={texts.receipt}>
        <ul class="rows">
          {rows.map((row) => (
            <Outcome key={row.id} row={row} />
          ))}
        </ul>
        {isAnyPaid ? <Total label={texts.paid}>{event.paid_text}</Total> : event.is_final && <p class="notice">{texts.notPaid}</p>}
      </Frame>
      <Buttons event={event} isStale={isStale} />
    </>
  );
}
