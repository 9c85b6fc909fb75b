/** Forms from a channel's JSON schema: which fields there are, and what of them is sent. */

import { valueText, type JsonSchema } from "@frontdesk/shared";

export interface ConfigField {
  name: string;
  label: string;
  hint: string | null;
  kind: "text" | "secret" | "number" | "switch" | "choice" | "list";
  required: boolean;
  choices: string[];
  example: string | null;
}

/** A schema without its "or null". */
function plain(schema: JsonSchema): JsonSchema {
  const other = schema.anyOf?.find((each) => each.type !== "null");
  return other ? { ...other, ...Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "anyOf")) } : schema;
}

function kindOf(schema: JsonSchema, secret: boolean): ConfigField["kind"] {
  if (secret) return "secret";
  if (schema.type === "array") return "list";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "switch";
  return schema.type === "integer" || schema.type === "number" ? "number" : "text";
}

const SMALL_WORDS: Record<string, string> = { id: "id", api: "API", url: "URL", hmac: "HMAC", waba: "WABA" };

/** `Phone Number Id` becomes `Phone number id`. */
export function sentenceCase(title: string): string {
  const words = title.replaceAll("_", " ").split(/\s+/);
  const lowered = words.map((word) => SMALL_WORDS[word.toLowerCase()] ?? (/^[A-Z][a-z]*$/.test(word) ? word.toLowerCase() : word));
  const text = lowered.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function fieldsOf(schema: JsonSchema, secrets: readonly string[]): ConfigField[] {
  return Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const field = plain(raw);
    return {
      name,
      label: sentenceCase(field.title ?? name),
      hint: field.description ?? null,
      kind: kindOf(field, secrets.includes(name)),
      required: schema.required?.includes(name) ?? false,
      choices: (field.enum ?? []).map(String),
      example: field.examples?.length ? String(field.examples[0]) : null,
    };
  });
}

export type ConfigValues = Record<string, string | boolean>;

/** Where a secret is kept outside of the desk: `secret://place/name`. */
export function referenceOf(value: unknown): string | null {
  return typeof value === "string" && value.startsWith("secret://") ? value : null;
}

/** Whether a secret is kept, by the desk or elsewhere. It is never shown. */
export function isKept(value: unknown): boolean {
  if (referenceOf(value) !== null) return true;
  return typeof value === "object" && value !== null && (value as { set?: unknown }).set === true;
}

/** A list is written with one entry a line; commas divide, too. */
function listText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join("\n") : "";
}

function listOf(text: string): string[] {
  return text.split(/[\n,]/).map((entry) => entry.trim()).filter(Boolean);
}

/** What the form starts with; kept secrets start empty. */
export function valuesOf(fields: readonly ConfigField[], config: Record<string, unknown>): ConfigValues {
  const values: ConfigValues = {};
  for (const { name, kind } of fields) {
    const value = config[name];
    values[name] = kind === "switch" ? value === true : kind === "secret" ? "" : kind === "list" ? listText(value) : valueText(value);
  }
  return values;
}

/** What is sent: an empty secret keeps the one that is there, an empty text removes the setting. */
export function configOf(fields: readonly ConfigField[], values: ConfigValues, old: Record<string, unknown>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (field.kind === "switch") config[field.name] = value === true;
    else if (field.kind === "list") config[field.name] = listOf(typeof value === "string" ? value : "");
    else if (typeof value === "string" && value.trim() !== "") config[field.name] = field.kind === "number" ? Number(value) : value.trim();
    else if (field.kind !== "secret" && old[field.name] !== undefined && old[field.name] !== null) config[field.name] = null;
  }
  return config;
}
