// One conversation: who has it, what was said, and what can be done.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LogEvent, Note } from "./api";
import { Composer } from "./composer";
import type { Desk, Opened } from "./desk";
import { time } from "./format";
import { texts } from "./texts";

const NEAR_PX = 120;

interface Props {
  desk: Desk;
  opened: Opened;
  isCardShown: boolean;
  onCard: () => void;
}

export function Conversation({ desk, opened, isCardShown, onCard }: Props) {
  return (
    <>
      <Head desk={desk} opened={opened} isCardShown={isCardShown} onCard={onCard} />
      <Transcript opened={opened} />
      <Others desk={desk} opened={opened} />
      <p class="problem" role="alert">
        {desk.problem}
      </p>
      <Composer desk={desk} opened={opened} />
    </>
  );
}

function Head({ desk, opened, isCardShown, onCard }: Props) {
  const latest = opened.requests[0];
  const name = opened.card?.identity?.name ?? latest?.customer ?? texts.unknownCustomer;
  const state = opened.holder === "agent" && latest?.agent_name ? texts.heldBy(latest.agent_name) : texts.holder[opened.holder];
  return (
    <header class="head">
      <a class="button small back" href="#/">
        {texts.back}
      </a>
      <div class="titles">
        <h2>{name}</h2>
        <p>
          <span class={`tag ${opened.holder}`}>{state}</span> {latest?.topic}
        </p>
      </div>
      <button type="button" class="button small only-narrow" aria-expanded={isCardShown} onClick={onCard}>
        {texts.showCard}
      </button>
      <Acts desk={desk} opened={opened} />
    </header>
  );
}

function Acts({ desk, opened }: { desk: Desk; opened: Opened }) {
  const [form, setForm] = useState<"" | "hand-back" | "transfer">("");
  useEffect(() => setForm(""), [opened.holder]);
  if (opened.isEnded) return null;
  if (!desk.isMine) {
    if (opened.holder === "closed") return <Act desk={desk} name="reopen" title={texts.reopen} />;
    if (opened.holder === "waiting") return <Act desk={desk} name="claim" title={texts.claim} isMain />;
    if (opened.holder === "bot") return <Act desk={desk} name="claim" title={texts.takeFromBot} />;
    return null;
  }
  return (
    <div class="acts">
      <button type="button" class="button small" aria-expanded={form === "hand-back"} onClick={() => setForm(form === "hand-back" ? "" : "hand-back")}>
        {texts.handBack}
      </button>
      <button type="button" class="button small" aria-expanded={form === "transfer"} onClick={() => setForm(form === "transfer" ? "" : "transfer")}>
        {texts.transfer}
      </button>
      <Act desk={desk} name="close" title={texts.close} />
      {form === "hand-back" && <HandBack desk={desk} />}
      {form === "transfer" && <Transfer desk={desk} />}
    </div>
  );
}

function Act({ desk, name, title, isMain }: { desk: Desk; name: string; title: string; isMain?: boolean }) {
  return (
    <button type="button" class={isMain ? "button small primary" : "button small"} onClick={() => void desk.act(name)}>
      {title}
    </button>
  );
}

function HandBack({ desk }: { desk: Desk }) {
  const [note, setNote] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void desk.act("hand-back", { text: note.trim() });
  };
  return (
    <form class="act-form" onSubmit={submit}>
      <label>
        <span>{texts.handBackNote}</span>
        <input ref={input} value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <button class="button small primary">{texts.handBack}</button>
    </form>
  );
}

function Transfer({ desk }: { desk: Desk }) {
  const [to, setTo] = useState("");
  const select = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => select.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void desk.act("transfer", to ? { to } : {});
  };
  return (
    <form class="act-form" onSubmit={submit}>
      <label>
        <span>{texts.transferTo}</span>
        <select ref={select} value={to} onChange={(event) => setTo(event.currentTarget.value)}>
          <option value="">{texts.toQueue}</option>
          {desk.me?.agents
            .filter((one) => one.name !== desk.me?.name)
            .map((one) => (
              <option key={one.name} value={one.name}>
                {one.display_name}
              </option>
            ))}
        </select>
      </label>
      <button class="button small primary">{texts.transfer}</button>
    </form>
  );
}

type Entry = { key: string; event?: LogEvent; note?: Note };

/** Notes stand where they were written, between the events. */
function entries(opened: Opened): Entry[] {
  const made: Entry[] = [];
  const notes = [...opened.notes];
  for (const event of opened.events) {
    while (notes[0] && notes[0].after_event < event.id) made.push(noteEntry(notes.shift()!));
    if (event.type !== "turn" && (event.text || event.titles?.length)) made.push({ key: `e${event.id}`, event });
  }
  return [...made, ...notes.map(noteEntry)];
}

const noteEntry = (note: Note): Entry => ({ key: `n${note.id}`, note });

function Transcript({ opened }: { opened: Opened }) {
  const box = useRef<HTMLDivElement>(null);
  const isNear = useRef(true);
  const shown = entries(opened);
  useLayoutEffect(() => {
    if (isNear.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length]);
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current!;
    isNear.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return (
    <div class="log" role="log" aria-label={texts.transcript} tabIndex={0} ref={box} onScroll={scrolled}>
      {shown.map(({ key, event, note }) => (event ? <Said key={key} event={event} /> : note && <Noted key={key} note={note} />))}
    </div>
  );
}

function Said({ event }: { event: LogEvent }) {
  const author = event.author === "agent" ? (event.agent ?? texts.agent) : texts[event.author];
  return (
    <article class={`said ${event.author}`}>
      <p class="by">
        {author} <time dateTime={event.at}>{time(event.at)}</time>
      </p>
      <p class="words">{event.text}</p>
      {Boolean(event.titles?.length) && (
        <p class="titles">
          {texts.choices}: {event.titles?.join(" · ")}
        </p>
      )}
    </article>
  );
}

function Noted({ note }: { note: Note }) {
  return (
    <article class="said note">
      <p class="by">
        {texts.note}, {note.agent} <time dateTime={note.at}>{time(note.at)}</time>
      </p>
      <p class="words">{note.text}</p>
    </article>
  );
}

function Others({ desk, opened }: { desk: Desk; opened: Opened }) {
  const names = (found: string[] | undefined) =>
    (found ?? [])
      .filter((name) => name && name !== desk.me?.name)
      .map((name) => desk.me?.agents.find((one) => one.name === name)?.display_name ?? name)
      .join(", ");
  const looking = names(desk.board.viewing[opened.id]);
  const writing = names(desk.board.typing[opened.id]);
  const isCustomer = desk.board.typing[opened.id]?.includes("");
  const all = [isCustomer && texts.customerWrites, writing && texts.writes(writing)].filter(Boolean).join(" ");
  return (
    <p class="others" role="status">
      {all || (looking && texts.looksToo(looking))}
    </p>
  );
}
