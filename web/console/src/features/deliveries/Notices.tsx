/** What providers say about our side: limits, quality, errors that belong to no message. */

import { fullTime, listTime, type ChannelNotice } from "@frontdesk/shared";
import type { ReactNode } from "react";
import page from "~/ui/page.module.css";
import { useNow } from "~/ui/useNow.ts";
import { InboxName, Pages, pagesQuery } from "./pages.tsx";

export function Notices(): ReactNode {
  const now = useNow();
  return (
    <Pages query={pagesQuery<ChannelNotice>(["channel-notices"], "/v1/channel-notices")} what="The notices" empty={["No notices", "When a provider warns about a number or an account, it shows here."]}>
      {(notices) => (
        <table className={page.table} aria-label="Channel notices">
          <thead>
            <tr>
              <th scope="col">Inbox</th>
              <th scope="col">Notice</th>
              <th scope="col" className={page.hideSmall}>
                Detail
              </th>
              <th scope="col" className={page.number}>
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {notices.map((notice) => (
              <tr key={notice.id}>
                <td>
                  <InboxName id={notice.inbox_id} />
                </td>
                <td>{[notice.title ?? notice.kind.replaceAll("_", " "), notice.code].filter(Boolean).join(", ")}</td>
                <td className={`mono ${page.hideSmall ?? ""}`} title={JSON.stringify(notice.detail)}>
                  {notice.detail ? JSON.stringify(notice.detail) : ""}
                </td>
                <td className={page.number} title={fullTime(notice.created_at)}>
                  {listTime(notice.created_at, now)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Pages>
  );
}
