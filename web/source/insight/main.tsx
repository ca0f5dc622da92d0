// The supervisor's page: pictures of how it goes, each also as a table.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, Refusal } from "../console/api";
import { Picture } from "./picture";
import { texts } from "./texts";

interface Span {
  count: number;
  median: number | null;
  p90: number | null;
}

interface Numbers {
  days: string[];
  conversations: number[];
  by_bot_alone: number[];
  funnel: { step: string; count: number }[];
  waiting_minutes: Span;
  handling_minutes: Span;
  ratings: number[];
  payments: Record<string, number>;
  not_understood: number;
}

const PERIODS = [1, 7, 30, 90];
const STARS = ["1", "2", "3", "4", "5"];
const DAY = new Intl.DateTimeFormat("sv-SE", { day: "numeric", month: "short" });

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

function Page() {
  const [days, setDays] = useState(30);
  const [numbers, setNumbers] = useState<Numbers>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    call<Numbers>("GET", `/insight?days=${days}`).then(
      (found) => (setNumbers(found), setProblem("")),
      (error: unknown) =>
        setProblem(error instanceof Refusal && [401, 403].includes(error.status) ? texts.notAllowed : texts.failed),
    );
  }, [days]);
  return (
    <>
      <header class="top">
        <h1>{texts.title}</h1>
        <span class="space" />
        <label class="period">
          <span>{texts.period}</span>
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {PERIODS.map((one) => (
              <option key={one} value={one}>
                {texts.days(one)}
              </option>
            ))}
          </select>
        </label>
        <a class="button small" href="/console">
          {texts.back}
        </a>
      </header>
      <main class="insight">
        <p class="problem" role="alert">
          {problem}
        </p>
        {numbers ? <Pictures numbers={numbers} days={days} /> : !problem && <p role="status">{texts.loading}</p>}
      </main>
    </>
  );
}

function Pictures({ numbers, days }: { numbers: Numbers; days: number }) {
  const all = sum(numbers.conversations);
  const alone = sum(numbers.by_bot_alone);
  const rated = sum(numbers.ratings);
  const mean = rated ? sum(numbers.ratings.map((count, index) => count * (index + 1))) / rated : 0;
  const labels = numbers.days.map((day) => DAY.format(new Date(day)));
  const paid = Object.entries(numbers.payments);
  return (
    <>
      <ul class="figures">
        <Figure title={texts.conversations} value={String(all)} />
        <Figure title={texts.alone} value={all ? `${Math.round((100 * alone) / all)} %` : "–"} />
        <Figure title={texts.waiting} value={texts.minutes(numbers.waiting_minutes.median)} detail={slow(numbers.waiting_minutes)} />
        <Figure title={texts.handling} value={texts.minutes(numbers.handling_minutes.median)} detail={slow(numbers.handling_minutes)} />
      </ul>
      <Picture
        title={texts.overTime}
        kind="stacked"
        labels={labels}
        series={[
          { name: texts.alone, values: numbers.by_bot_alone, colour: "--accent" },
          { name: texts.withPerson, values: numbers.conversations.map((count, i) => count - (numbers.by_bot_alone[i] ?? 0)), colour: "--wait" },
        ]}
        isWide
      />
      <Picture
        title={texts.funnel}
        kind="rows"
        labels={numbers.funnel.map((one) => texts.steps[one.step] ?? one.step)}
        series={[{ name: texts.conversations, values: numbers.funnel.map((one) => one.count), colour: "--accent" }]}
      />
      <Picture
        title={texts.payments}
        kind="rows"
        labels={paid.map(([state]) => texts.states[state] ?? state)}
        series={[{ name: texts.payments, values: paid.map(([, count]) => count), colour: "--good" }]}
      />
      <Picture
        title={rated ? `${texts.ratings}, ${texts.average(mean.toLocaleString("sv-SE", { maximumFractionDigits: 1 }))}` : texts.ratings}
        kind="columns"
        labels={STARS}
        series={[{ name: texts.ratings, values: numbers.ratings, colour: "--wait" }]}
      />
      <section class="picture">
        <h2>{texts.notUnderstood}</h2>
        <p class="number">{numbers.not_understood}</p>
        <a class="button" href={`/api/console/insight/training?days=${days}`} download>
          {texts.export}
        </a>
      </section>
    </>
  );
}

const slow = (span: Span): string | undefined => (span.p90 === null ? undefined : texts.p90(texts.minutes(span.p90)));

function Figure({ title, value, detail }: { title: string; value: string; detail?: string | undefined }) {
  return (
    <li>
      <span>{title}</span>
      <b>{value}</b>
      {detail && <small>{detail}</small>}
    </li>
  );
}

render(<Page />, document.getElementById("root")!);
