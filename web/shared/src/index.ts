/** Shared by console and widget: the API's types, its clients, and how messages and times are told. No user interface. */

export * from "./http.ts";
export * from "./live.ts";
export * from "./messages.ts";
export * from "./problem.ts";
export * from "./text.ts";
export * from "./time.ts";
export type * from "./types.ts";
