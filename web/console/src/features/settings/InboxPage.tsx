/** One inbox: checklist, settings, greeting, what happens after resolving, deleting. */

import { explain, Problem, type Channel, type Inbox } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { channelsQuery, sessionQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import { ChannelGlyph, ChannelName } from "~/ui/Channel.tsx";
import { Chip, Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { Checklist } from "./Checklist.tsx";
import { configOf, fieldsOf, valuesOf } from "./config-form.ts";
import { ConfigFields } from "./ConfigFields.tsx";
import { Greetings, greetingOf, pairsOf } from "./Greetings.tsx";
import { InboxState } from "./InboxesPage.tsx";
import { ConfirmByTyping, CopyLine, Crumbs, PageBones, SaveBar, Section } from "./parts.tsx";
import { sendingForm, sendingOf, type SendingForm } from "./sending-form.ts";
import { SendingFields } from "./SendingFields.tsx";
import styles from "./settings.module.css";

export function InboxPage({ id }: { id: string }): ReactNode {
  const inbox = useQuery({ queryKey: ["inbox", id], queryFn: () => http.get<Inbox>(`/v1/inboxes/${id}`) });
  const channels = useQuery(channelsQuery);
  const channel = channels.data?.find((each) => each.slug === inbox.data?.channel);
  if (inbox.data && (channel ?? channels.isError)) return <InboxForm key={inbox.data.id} inbox={inbox.data} channel={channel} />;
  return (
    <div className="scroll">
      <div className={styles.page}>{inbox.isError ? <Failed title="The inbox did not load" error={inbox.error} onRetry={() => void inbox.refetch()} /> : <PageBones />}</div>
    </div>
  );
}

interface Form {
  name: string;
  reopen: string;
  zone: string;
  greeting: ReturnType<typeof pairsOf>;
  config: ReturnType<typeof valuesOf>;
  sending: SendingForm;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function InboxForm({ inbox, channel }: { inbox: Inbox; channel: Channel | undefined }): ReactNode {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const manages = session.permissions.includes("inboxes:manage");
  const fields = channel ? fieldsOf(channel.config_schema, channel.secret_fields) : [];
  const stored: Form = { name: inbox.name, reopen: inbox.reopen_policy, zone: inbox.time_zone ?? "", greeting: pairsOf(inbox.greeting), config: valuesOf(fields, inbox.config), sending: sendingForm(inbox) };
  const [form, setForm] = useState(stored);
  const changed = !same(form, stored);
  const change = (part: Partial<Form>): void => setForm((old) => ({ ...old, ...part }));

  const save = useMutation({
    mutationFn: () =>
      http.patch<Inbox>(`/v1/inboxes/${inbox.id}`, {
        body: {
          name: form.name.trim(),
          reopen_policy: form.reopen,
          time_zone: form.zone || null,
          greeting: greetingOf(form.greeting),
          ...(same(form.sending, stored.sending) ? {} : { sending: sendingOf(form.sending) }),
          ...(fields.length ? { config: configOf(fields, form.config, inbox.config) } : {}),
        },
      }),
    onSuccess: (next) => {
      client.setQueryData(["inbox", inbox.id], next);
      void client.invalidateQueries({ queryKey: ["inboxes"] });
      setForm({ name: next.name, reopen: next.reopen_policy, zone: next.time_zone ?? "", greeting: pairsOf(next.greeting), config: valuesOf(fields, next.config), sending: sendingForm(next) });
      toast("Inbox saved");
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.errors.length === 0) toastError(error, "Not saved.");
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  useEffect(() => {
    if (save.error) document.querySelector<HTMLElement>("#main [aria-invalid=true]")?.focus();
  }, [save.error]);

  return (
    <>
      <div className="scroll">
        <div className={styles.page}>
          <Crumbs at={inbox.name} />
          <div className={styles.head} style={{ alignItems: "center" }}>
            <span className={styles.glyph}>
              <ChannelGlyph channel={inbox.channel} size={20} />
            </span>
            <div className="grow">
              <h1 className="one">{inbox.name}</h1>
              <p className="meta"><ChannelName channel={inbox.channel} /></p>
            </div>
            {inbox.simulated ? <Chip tone="amber">Simulated</Chip> : null}
            <InboxState inbox={inbox} />
          </div>
          {manages ? <Checklist inbox={inbox} /> : null}
          {inbox.channel === "webchat" && inbox.public_key ? <Embed publicKey={inbox.public_key} /> : null}
          <Section title="Settings" lead="The name is for your team; customers see it in the web chat.">
            <div className={styles.form}>
              <Input label="Name" value={form.name} required disabled={!manages} error={problem?.of("name")} onChange={(event) => change({ name: event.target.value })} />
              {manages ? <ConfigFields fields={fields} values={form.config} kept={inbox.config} problem={problem} onChange={(name, value) => change({ config: { ...form.config, [name]: value } })} /> : null}
              {problem && problem.errors.length > 0 ? (
                <p className="red" role="alert">
                  {explain(problem)}
                </p>
              ) : null}
            </div>
            {inbox.hook_url && inbox.channel !== "webchat" ? <CopyLine label="Hook address" value={inbox.hook_url} /> : null}
          </Section>
          <Section title="Conversations" lead="What happens when a customer writes first, and when one writes again.">
            <Greetings pairs={form.greeting} disabled={!manages} onChange={(greeting) => change({ greeting })} />
            <div className={styles.two}>
              <Select label="After resolving" hint="What a later message does." value={form.reopen} disabled={!manages} onChange={(event) => change({ reopen: event.target.value })}>
                <option value="reopen">Reopen the conversation</option>
                <option value="next">Start the next conversation</option>
              </Select>
              <Input label="Time zone" hint={`Empty: the account’s, ${session.account.time_zone}.`} placeholder={session.account.time_zone} value={form.zone} disabled={!manages} error={problem?.of("time_zone")} onChange={(event) => change({ zone: event.target.value })} />
            </div>
          </Section>
          <SendingFields
            form={form.sending}
            channel={channel}
            zone={form.zone || session.account.time_zone}
            disabled={!manages}
            problem={problem}
            onChange={(part) => change({ sending: { ...form.sending, ...part } })}
          />
          {manages ? <Danger inbox={inbox} /> : null}
        </div>
      </div>
      <SaveBar
        changed={changed}
        busy={save.isPending}
        onDiscard={() => {
          setForm(stored);
          save.reset();
        }}
        onSave={() => save.mutate()}
      />
    </>
  );
}

function Embed({ publicKey }: { publicKey: string }): ReactNode {
  return (
    <Section title="On your site" lead="Put this line before the end of the page’s body; the chat appears in the corner.">
      <CopyLine label="Script" value={`<script src="${location.origin}/widget.js" data-inbox="${publicKey}" async></script>`} />
    </Section>
  );
}

function Danger({ inbox }: { inbox: Inbox }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => http.delete(`/v1/inboxes/${inbox.id}`),
    onSuccess: async () => {
      await navigate({ to: "/settings/{-$page}/{-$item}", params: { page: "inboxes", item: undefined } });
      client.removeQueries({ queryKey: ["inbox", inbox.id] });
      await client.invalidateQueries({ queryKey: ["inboxes"] });
      toast(`Deleted ${inbox.name}`);
    },
    onError: (error) => toastError(error, "Not deleted."),
  });
  return (
    <Section title="Danger zone" lead="This stops messages at once. Conversations stay.">
      <div className={`${styles.card ?? ""} ${styles.danger ?? ""}`}>
        <div className={styles.line}>
          <div className="grow">
            <h3>Delete this inbox</h3>
            <p className="meta">Hooks are refused from then on, tokens are erased.</p>
          </div>
          <Button look="danger" onClick={() => setAsking(true)}>
            Delete inbox
          </Button>
        </div>
      </div>
      {asking ? (
        <ConfirmByTyping
          title="Delete this inbox?"
          text="Nothing is received or sent by it any more. This cannot be undone; its conversations stay readable."
          word={inbox.name}
          verb="Delete inbox"
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Section>
  );
}
