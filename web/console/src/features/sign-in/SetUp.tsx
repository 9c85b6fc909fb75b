/** First start: make the account and its owner. */

import { explain, Problem, type Session } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { http, setCsrfToken } from "~/app/api.ts";
import { sessionQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Input } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Frame } from "./Frame.tsx";
import styles from "./frame.module.css";
import { WhatItDoes } from "./SignIn.tsx";

const SHORTEST_PASSWORD = 10;

export function SetUp(): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState({ account_name: "", name: "", email: "", password: "" });

  const setUp = useMutation({
    mutationFn: () =>
      http.post<Session>("/v1/setup", { body: { ...form, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone } }),
    onSuccess: async (session) => {
      setCsrfToken(session.csrf_token);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/" });
    },
  });
  const problem = setUp.error instanceof Problem ? setUp.error : null;

  const field = (name: keyof typeof form) => ({
    value: form[name],
    error: problem?.of(name),
    required: true,
    large: true,
    onChange: (event: { target: { value: string } }) => setForm((old) => ({ ...old, [name]: event.target.value })),
  });

  return (
    <Frame aside={<WhatItDoes />}>
      <h1>Set up your desk</h1>
      <p className={styles.lead}>You become the owner. Others can join later.</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setUp.mutate();
        }}
      >
        {setUp.error && !problem?.errors.length ? (
          <p className={styles.problem} role="alert">
            <Icon name="alert" />
            {explain(setUp.error)}
          </p>
        ) : null}
        <Input label="Company" autoComplete="organization" autoFocus hint="Shown to your agents and, in the web chat, to visitors." {...field("account_name")} />
        <Input label="Your name" autoComplete="name" {...field("name")} />
        <Input label="Work email" type="email" autoComplete="username" {...field("email")} />
        <Input
          label="Password"
          type="password"
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          hint={`At least ${String(SHORTEST_PASSWORD)} characters.`}
          {...field("password")}
        />
        <Button type="submit" look="go" size="large" busy={setUp.isPending}>
          Make the desk
        </Button>
      </form>
    </Frame>
  );
}
