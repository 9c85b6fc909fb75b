/** Connect an inbox: choose the channel, fill in its settings, then the checklist proves them. */

import { explain, newKey, Problem, type Channel, type Inbox } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { channelsQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Input } from "~/ui/Field.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Failed } from "~/ui/small.tsx";
import { configOf, fieldsOf, valuesOf, type ConfigValues } from "./config-form.ts";
import { ConfigFields } from "./ConfigFields.tsx";
import { PageBones, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

export function NewInboxPage(): ReactNode {
  const channels = useQuery(channelsQuery);
  const [slug, setSlug] = useState<string | null>(null);
  const channel = channels.data?.find((each) => each.slug === slug);
  return (
    <SettingsPage crumb="New" title="Connect an inbox" lead="Choose where customers will write to you.">
      {channels.isPending ? <PageBones /> : null}
      {channels.isError ? <Failed title="The channels did not load" error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      <div className={styles.choices} role="group" aria-label="Channel">
        {channels.data?.map((each) => (
          <button key={each.slug} type="button" className={styles.choice} aria-pressed={each.slug === slug} onClick={() => setSlug(each.slug)}>
            <ChannelGlyph channel={each.slug} size={20} />
            <strong>{each.name}</strong>
            <span className="meta">{each.summary}</span>
          </button>
        ))}
      </div>
      {channel ? <NewInboxForm key={channel.slug} channel={channel} /> : null}
    </SettingsPage>
  );
}

function NewInboxForm({ channel }: { channel: Channel }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const fields = fieldsOf(channel.config_schema, channel.secret_fields);
  const [name, setName] = useState("");
  const [values, setValues] = useState<ConfigValues>(() => valuesOf(fields, {}));
  const [key] = useState(newKey);
  const create = useMutation({
    mutationFn: () => http.post<Inbox>("/v1/inboxes", { body: { channel: channel.slug, name: name.trim(), config: configOf(fields, values, {}) }, idempotencyKey: key }),
    onSuccess: async (inbox) => {
      client.setQueryData(["inbox", inbox.id], inbox);
      void client.invalidateQueries({ queryKey: ["inboxes"] });
      await navigate({ to: "/settings/{-$page}/{-$item}", params: { page: "inboxes", item: inbox.id } });
    },
  });
  const problem = create.error instanceof Problem ? create.error : null;
  return (
    <form
      className={styles.form}
      style={{ marginTop: 32 }}
      aria-label={`New ${channel.name} inbox`}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Input label="Name" value={name} required autoFocus placeholder="Workshop" hint="For your team, and for visitors of the web chat." error={problem?.of("name")} onChange={(event) => setName(event.target.value)} />
      <ConfigFields fields={fields} values={values} kept={{}} problem={problem} onChange={(field, value) => setValues((old) => ({ ...old, [field]: value }))} />
      {create.error ? (
        <p className="red" role="alert">
          {explain(create.error)}
        </p>
      ) : null}
      <p>
        <Button type="submit" look="go" busy={create.isPending} disabled={!name.trim()}>
          Connect inbox
        </Button>
      </p>
    </form>
  );
}
