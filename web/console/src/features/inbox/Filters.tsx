/** Filter and order of the list, kept in the address. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { inboxesQuery } from "~/app/queries.ts";
import { IconButton, iconButtonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuChoice, MenuItem, MenuLabel } from "~/ui/Menu.tsx";
import { VIEW_TITLES, type InboxSearch, type ViewName } from "./views.ts";

interface FilterProps {
  view: ViewName;
  search: InboxSearch;
}

function useChange(view: ViewName): (part: Partial<InboxSearch>, to?: ViewName) => void {
  const navigate = useNavigate();
  return (part, to = view) => void navigate({ to: "/inbox/$view/{-$conversationId}", params: (old) => ({ ...old, view: to }), search: (old) => ({ ...(old as InboxSearch), ...part }) });
}

export function FilterMenu({ view, search }: FilterProps): ReactNode {
  const change = useChange(view);
  const { data: inboxes } = useQuery(inboxesQuery);
  const active = Boolean(search.unread ?? search.inbox);
  return (
    <Menu
      label="Filter"
      target={
        <button type="button" className={classes(iconButtonClass, active && "active")} aria-label={active ? "Filter, active" : "Filter"} title="Filter">
          <Icon name="filter" />
        </button>
      }
    >
      <MenuLabel>View</MenuLabel>
      {(Object.keys(VIEW_TITLES) as ViewName[]).map((name) => (
        <MenuChoice key={name} checked={name === view} onSelect={() => change({}, name)}>
          {VIEW_TITLES[name]}
        </MenuChoice>
      ))}
      <MenuDivider />
      <MenuLabel>Show only</MenuLabel>
      <MenuChoice kind="any" icon="bell" checked={search.unread === true} onSelect={() => change({ unread: search.unread ? undefined : true })}>
        Unread
      </MenuChoice>
      {inboxes?.map((inbox) => (
        <MenuChoice kind="any" key={inbox.id} icon="inbox" checked={search.inbox === inbox.id} onSelect={() => change({ inbox: search.inbox === inbox.id ? undefined : inbox.id })}>
          {inbox.name}
        </MenuChoice>
      ))}
      {active ? (
        <>
          <MenuDivider />
          <MenuItem icon="x" onSelect={() => change({ unread: undefined, inbox: undefined })}>
            Remove filters
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

export function SortButton({ view, search }: FilterProps): ReactNode {
  const change = useChange(view);
  const oldest = search.sort === "oldest";
  return <IconButton icon="sort" label={oldest ? "Longest wait first" : "Newest first"} onClick={() => change({ sort: oldest ? undefined : "oldest" })} />;
}
