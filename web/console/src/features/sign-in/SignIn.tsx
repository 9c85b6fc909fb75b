/** Sign in with email and password; in the demo the page says with which. */

import { explain, Problem, type Session } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { http, setCsrfToken } from "~/app/api.ts";
import { sessionQuery, setupQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Input } from "~/ui/Field.tsx";
import { Chip } from "~/ui/small.tsx";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Frame } from "./Frame.tsx";
import styles from "./frame.module.css";

export function SignIn(): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { then } = useSearch({ from: "/sign-in" });
  const { data: setup } = useQuery(setupQuery);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");

  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => http.post<Session>("/v1/session", { body }),
    onSuccess: async (session) => {
      setCsrfToken(session.csrf_token);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      if (then) router.history.push(then);
      else await navigate({ to: "/" });
    },
  });

  const demo = setup?.demo_sign_in;
  return (
    <Frame aside={<WhatItDoes />}>
      <h1>Sign in</h1>
      <p className={styles.lead}>Your desk, all channels, one list.</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate({ email, password });
        }}
      >
        {signIn.error ? <Refused error={signIn.error} /> : null}
        <Input label="Work email" type="email" autoComplete="username" required autoFocus large value={email} onChange={(event) => setEmail(event.target.value)} />
        <Input label="Password" type="password" autoComplete="current-password" required large value={password} onChange={(event) => setPassword(event.target.value)} />
        <Button type="submit" look="go" size="large" busy={signIn.isPending}>
          Sign in
        </Button>
      </form>
      {demo ? (
        <section className={styles.demo} aria-label="Demo sign-in">
          <p className="row">
            <strong>Demo desk</strong>
            <Chip tone="amber">Simulated</Chip>
          </p>
          <dl>
            <dt>Email</dt>
            <dd className="mono">{demo.email}</dd>
            <dt>Password</dt>
            <dd className="mono">{demo.password}</dd>
          </dl>
          <Button
            onClick={() => {
              setEmail(demo.email);
              setPassword(demo.password);
              signIn.mutate(demo);
            }}
            busy={signIn.isPending}
          >
            Sign in as the demo owner
          </Button>
        </section>
      ) : null}
    </Frame>
  );
}

function Refused({ error }: { error: Error }): ReactNode {
  const unknown = error instanceof Problem && error.status === 401;
  return (
    <p className={styles.problem} role="alert">
      <Icon name="alert" />
      {unknown ? "Email and password do not match. Check both and try again." : explain(error)}
    </p>
  );
}

const POINTS: { icon: IconName; title: string; text: string }[] = [
  { icon: "inbox", title: "One list", text: "Messages, mail and the chat on your site, in the order they came" },
  { icon: "checks", title: "You see what arrived", text: "Sent, delivered, read, or the reason why not" },
  { icon: "lock", title: "It runs on your machine", text: "Your customers’ words stay with you" },
];

export function WhatItDoes(): ReactNode {
  return (
    <ul className={styles.card}>
      {POINTS.map(({ icon, title, text }) => (
        <li key={title}>
          <span className={styles.glyph}>
            <Icon name={icon} size={20} />
          </span>
          <span>
            <strong>{title}</strong>
            <span className="meta" style={{ display: "block" }}>
              {text}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
