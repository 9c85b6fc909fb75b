/** Who does not want to hear from the account, by which channel, and how we know. */

import { addressText, fullTime, Problem, shortDate, type Channel, type OptOut } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useDeferredValue, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { channelsQuery, inboxesQuery, sessionQuery } from "~/app/queries.ts";
import { addressIn, kindOf } from "~/features/contacts/addresses.ts";
import { Pages, pagesQuery } from "~/features/deliveries/pages.tsx";
import { Button } from "~/ui/Button.tsx";
import { ChannelGlyph, useChannelName } from "~/ui/Channel.tsx";
import { Dialog, DialogFoot, FormDialog } from "~/ui/Dialog.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import { Chip } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { useNow } from "~/ui/useNow.ts";
import { KIND_WORDS, optOutReason } from "./opt-out-words.ts";
import { SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

/** The channels that somebody can be reached by here; all of them before there is an inbox. */
function useReached(): Channel[] {
  const { data: channels } = useQuery(channelsQuery);
  const { data: inboxes } = useQuery(inboxesQuery);
  const reaching = channels?.filter((channel) => channel.slug !== "webchat" && kindOf(channel)) ?? [];
  const used = reaching.filter((channel) => inboxes?.some((inbox) => inbox.channel === channel.slug));
  return used.length ? used : reaching;
}

export function OptOutsPage(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const channels = useReached();
  const [slug, setSlug] = useState("");
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState(false);
  const changes = session.permissions.includes("contacts:write");
  const scheme = kindOf(channels.find((each) => each.slug === slug))?.scheme ?? "";
  const address = useDeferredValue(slug ? keptAddress(scheme, typed) : "");
  const nobody: [string, string] = address ? ["Nobody fits", "Write the whole address; only a whole one is found."] : ["Nobody opted out", "Who writes STOP, unsubscribes from a mail or is noted here is sent nothing more."];
  return (
    <SettingsPage
      title="Opt-outs"
      lead="Who does not want to hear from you. Nothing that they refuse is sent, by whatever way it is tried."
      action={
        changes ? (
          <Button look="go" disabled={channels.length === 0} onClick={() => setAdding(true)}>
            Add an opt-out
          </Button>
        ) : null
      }
    >
      <div className={styles.two} style={{ marginBottom: 16 }}>
        <Select label="Channel" value={slug} onChange={(event) => setSlug(event.target.value)}>
          <option value="">All channels</option>
          {channels.map((channel) => (
            <option key={channel.slug} value={channel.slug}>
              {channel.name}
            </option>
          ))}
        </Select>
        {slug ? <Input label="Address" type="search" autoComplete="off" placeholder="Any" value={typed} onChange={(event) => setTyped(event.target.value)} /> : null}
      </div>
      <Pages query={pagesQuery<OptOut>(["opt-outs", slug, address], "/v1/opt-outs", { ...(slug ? { channel: slug } : {}), ...(address ? { address } : {}) })} what="The opt-outs" empty={nobody}>
        {(optOuts) => (
          <ul className={styles.card} aria-label="Opt-outs">
            {optOuts.map((optOut) => (
              <li key={optOut.id}>
                <Line optOut={optOut} changes={changes} />
              </li>
            ))}
          </ul>
        )}
      </Pages>
      {adding ? <AddOptOut channels={channels} first={slug} onClose={() => setAdding(false)} /> : null}
    </SettingsPage>
  );
}

/** An address as it is kept. */
function keptAddress(scheme: string, typed: string): string {
  const address = addressIn(scheme, typed);
  return scheme === "email" ? address.toLowerCase() : address;
}

function Line({ optOut, changes }: { optOut: OptOut; changes: boolean }): ReactNode {
  const now = useNow();
  const channel = useChannelName(optOut.channel);
  const [asking, setAsking] = useState(false);
  const address = addressText(optOut);
  return (
    <div className={styles.line}>
      <span className={styles.lineGlyph} title={channel}>
        <ChannelGlyph channel={optOut.channel} />
      </span>
      <span className="grow">
        <span className="row wrap" style={{ rowGap: 2 }}>
          <strong className="one num">{address}</strong>
          <Chip tone={optOut.kind === "all" ? "red" : "quiet"}>{KIND_WORDS[optOut.kind]}</Chip>
        </span>
        <span className="meta" style={{ display: "block" }}>
          {channel} · {optOutReason(optOut)} · <time dateTime={optOut.said_at} title={fullTime(optOut.said_at)}>since {shortDate(optOut.said_at, now)}</time>
        </span>
      </span>
      {changes ? (
        <Button size="small" aria-label={`End the opt-out of ${address}`} onClick={() => setAsking(true)}>
          End
        </Button>
      ) : null}
      {asking ? <EndOptOut optOut={optOut} address={address} channel={channel} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}

function EndOptOut({ optOut, address, channel, onClose }: { optOut: OptOut; address: string; channel: string; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => http.delete(`/v1/opt-outs/${optOut.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["opt-outs"] });
      toast(`${address} can be written to again`);
      onClose();
    },
    onError: (error) => toastError(error, "Not ended."),
  });
  return (
    <Dialog title="End this opt-out?" opened onClose={onClose}>
      <p>
        {address} can be written to by {channel} again. End it only if they asked for it.
      </p>
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger-solid" busy={end.isPending} onClick={() => end.mutate()}>
          End opt-out
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function AddOptOut({ channels, first, onClose }: { channels: Channel[]; first: string; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [form, setForm] = useState({ channel: first || (channels[0]?.slug ?? ""), address: "", kind: "all", note: "" });
  const channel = channels.find((each) => each.slug === form.channel);
  const kind = kindOf(channel);
  const change = (part: Partial<typeof form>): void => setForm((old) => ({ ...old, ...part }));
  const add = useMutation({
    mutationFn: () => {
      const scheme = kind?.scheme ?? "";
      const { note, ...rest } = form;
      return http.post<OptOut>("/v1/opt-outs", { body: { ...rest, scheme, address: addressIn(scheme, form.address), ...(note.trim() ? { note: note.trim() } : {}) } });
    },
    onSuccess: (optOut) => {
      void client.invalidateQueries({ queryKey: ["opt-outs"] });
      toast(`Noted for ${addressText(optOut)}`);
      onClose();
    },
  });
  const problem = add.error instanceof Problem ? add.error : null;
  return (
    <FormDialog title="Add an opt-out" verb="Add opt-out" busy={add.isPending} disabled={!form.address.trim() || !kind} error={problem?.errors.length ? null : add.error} onSubmit={() => add.mutate()} onClose={onClose}>
      <Select label="Channel" value={form.channel} error={problem?.of("channel")} onChange={(event) => change({ channel: event.target.value })}>
        {channels.map((each) => (
          <option key={each.slug} value={each.slug}>
            {each.name}
          </option>
        ))}
      </Select>
      <Input
        label={kind?.scheme === "email" ? "Email address" : (kind?.label ?? "Address")}
        placeholder={kind?.placeholder}
        required
        data-autofocus
        autoComplete="off"
        value={form.address}
        error={problem?.of("address")}
        onChange={(event) => change({ address: event.target.value })}
      />
      <Select label="They refuse" value={form.kind} error={problem?.of("kind")} onChange={(event) => change({ kind: event.target.value })}>
        <option value="all">Everything: nothing is sent</option>
        <option value="marketing">Marketing templates</option>
        <option value="automatic">What no person writes, such as notifications</option>
        <option value="unasked">What does not answer them</option>
      </Select>
      <Input label="Reason" hint="How you know, for whoever asks later." aside={<span className="meta">Optional</span>} placeholder="Asked by phone" autoComplete="off" value={form.note} error={problem?.of("note")} onChange={(event) => change({ note: event.target.value })} />
    </FormDialog>
  );
}
