/** Deliveries that failed, or of which nobody can say whether they arrived; each opens to its attempts. */

import { addressText, exactTime, fullTime, listTime, nameOf, previewOf, type Delivery, type Message } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { conversationQuery, sessionQuery } from "~/app/queries.ts";
import { Attempts } from "~/features/thread/MessageDialogs.tsx";
import { Button, buttonClass } from "~/ui/Button.tsx";
import page from "~/ui/page.module.css";
import { Dot } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { useNow } from "~/ui/useNow.ts";
import { InboxName, Pages, pagesQuery } from "./pages.tsx";
import styles from "./deliveries.module.css";

export function Trouble({ status }: { status: "failed" | "unknown" }): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Pages
      query={pagesQuery<Delivery>(["deliveries", status], "/v1/deliveries", { status })}
      what="The deliveries"
      empty={
        status === "failed"
          ? ["Everything was delivered", "What a provider refuses shows here, with its reason."]
          : ["Nothing is in doubt", "When a line breaks while a message is being sent, it shows here instead of being sent twice."]
      }
    >
      {(deliveries) => (
        <table className={page.table} aria-label="Deliveries">
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">To</th>
              <th scope="col" className={page.hideSmall}>
                Inbox
              </th>
              <th scope="col" className={page.hideSmall}>
                Message
              </th>
              <th scope="col" className={page.hideSmall}>
                Reason
              </th>
              <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                Attempts
              </th>
              <th scope="col" className={page.number}>
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <Fragment key={delivery.id}>
                <Row delivery={delivery} open={open === delivery.id} onOpen={() => setOpen(open === delivery.id ? null : delivery.id)} />
                {open === delivery.id ? (
                  <tr>
                    <td colSpan={7} className={page.detail} id={`attempts-${delivery.id}`}>
                      <Detail delivery={delivery} />
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
    </Pages>
  );
}

function useMessage(id: string) {
  return useQuery({ queryKey: ["message", id], queryFn: () => http.get<Message>(`/v1/messages/${id}`), staleTime: 60_000 });
}

function Row({ delivery, open, onOpen }: { delivery: Delivery; open: boolean; onOpen: () => void }): ReactNode {
  const now = useNow();
  const { data: message } = useMessage(delivery.message_id);
  const { data: conversation } = useQuery(conversationQuery(delivery.conversation_id));
  const failed = delivery.status === "failed";
  const at = delivery.failed_at ?? delivery.sent_at ?? delivery.created_at;
  return (
    <tr data-opens data-open={open || undefined} onClick={onOpen}>
      <td>
        <button
          type="button"
          className={`${page.rowButton ?? ""} ${failed ? "red" : "amber"}`}
          aria-expanded={open}
          aria-controls={`attempts-${delivery.id}`}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          <Dot tone={failed ? "red" : "amber"} />
          {failed ? "Failed" : "Unknown"}
        </button>
      </td>
      <td className="num">{conversation ? (addressText(conversation.contact) || nameOf(conversation.contact)) : ""}</td>
      <td className={page.hideSmall}>
        <InboxName id={delivery.inbox_id} />
      </td>
      <td className={page.hideSmall}>{message ? previewOf(message.content) : ""}</td>
      <td className={page.hideSmall}>{[delivery.error_code, delivery.error].filter(Boolean).join(": ")}</td>
      <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>{delivery.attempts}</td>
      <td className={page.number} title={fullTime(at)}>
        {Date.parse(at) > now - 86_400_000 ? exactTime(at) : listTime(at, now)}
      </td>
    </tr>
  );
}

function Detail({ delivery }: { delivery: Delivery }): ReactNode {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: message } = useMessage(delivery.message_id);
  const again = useMutation({
    mutationFn: () => http.post<Message>(`/v1/messages/${delivery.message_id}/retry`),
    onSuccess: () => {
      toast("On its way again");
      void client.invalidateQueries({ queryKey: ["deliveries"] });
    },
    onError: (error) => toastError(error, "Not sent again."),
  });
  return (
    <div className={page.detailGrid}>
      <div className={styles.facts}>
        <h3>{delivery.status === "failed" ? "Not delivered" : "Not known whether it arrived"}</h3>
        <p>
          {delivery.status === "failed"
            ? (delivery.error ?? "The provider gave no reason.")
            : "The line broke while it was being sent. Look at the conversation first: if you send it again, the customer may get it twice."}
        </p>
        {message ? <blockquote>{previewOf(message.content)}</blockquote> : null}
        <p className="row wrap">
          {session.permissions.includes("messages:send") ? (
            <Button size="small" look="go" busy={again.isPending} onClick={() => again.mutate()}>
              Send again
            </Button>
          ) : null}
          <Link to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: delivery.conversation_id }} search={{}} className={buttonClass("normal", "small")}>
            Open conversation
          </Link>
        </p>
      </div>
      <div>
        <h3>Attempts</h3>
        <Attempts delivery={delivery.id} />
      </div>
    </div>
  );
}
