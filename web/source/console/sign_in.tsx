// Signing in: by password, at the company's own login, or both, as the gateway is set up.

import { useEffect, useState } from "preact/hooks";
import { signInWays, type Ways } from "./api";
import type { Desk } from "./desk";
import { texts } from "./texts";

/** What is shown when the gateway cannot say. */
const PASSWORDS: Ways = { passwords: true, openid: null };

export function SignIn({ desk }: { desk: Desk }) {
  const [ways, setWays] = useState<Ways>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => void signInWays().then(setWays, () => setWays(PASSWORDS)), []);
  if (!ways) return null;
  const during = (work: Promise<void>) => {
    setBusy(true);
    void work.finally(() => setBusy(false));
  };
  return (
    <main class="sign-in">
      <div class="panel">
        <h1>{texts.title}</h1>
        <p class="problem" role="alert">
          {desk.problem}
        </p>
        {ways.openid && (
          <button
            type="button"
            class={ways.passwords ? "button" : "button primary"}
            disabled={isBusy}
            onClick={() => during(desk.signInElsewhere())}
          >
            {texts.signInWith(ways.openid)}
          </button>
        )}
        {ways.passwords && <Passwords isBusy={isBusy} onSubmit={(name, password) => during(desk.signIn(name, password))} />}
      </div>
    </main>
  );
}

function Passwords({ isBusy, onSubmit }: { isBusy: boolean; onSubmit: (name: string, password: string) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit(name, password);
  };
  return (
    <form onSubmit={submit}>
      <label>
        <span>{texts.name}</span>
        <input name="username" autocomplete="username" required value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <label>
        <span>{texts.password}</span>
        <input
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={(e) => setPassword(e.currentTarget.value)}
        />
      </label>
      <button class="button primary" disabled={isBusy}>
        {texts.signIn}
      </button>
    </form>
  );
}
