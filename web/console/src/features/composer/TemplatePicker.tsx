/** When free text is not allowed: the approved templates of the inbox, with a field for each of their variables. */

import type { MessageTemplate, TemplateContent } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { Button } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Input, Select } from "~/ui/Field.tsx";
import styles from "./composer.module.css";
import { TemplateForm } from "./TemplateForm.tsx";

type Variable = MessageTemplate["variables"][number];

const keyOf = (template: MessageTemplate): string => `${template.name}/${template.language}`;

function labelOf(variable: Variable): string {
  const where = variable.part === "body" ? "" : ` of the ${variable.part}`;
  return /^\d+$/.test(variable.name) ? `Variable ${variable.name}${where}` : `${variable.name}${where}`;
}

function parameterOf(variable: Variable, value: string): Record<string, unknown> {
  const said = variable.kind === "text" || variable.kind === "coupon_code" ? value : { link: value };
  return { type: variable.kind, [variable.kind]: said, ...(variable.is_named ? { parameter_name: variable.name } : {}) };
}

/** The content of a message of this template, with its text for the timeline. */
export function contentOf(template: MessageTemplate, values: readonly string[]): TemplateContent {
  const components = new Map<string, { type: string; index?: string; sub_type?: string; parameters: Record<string, unknown>[] }>();
  template.variables.forEach((variable, at) => {
    const key = `${variable.part}/${String(variable.index ?? "")}`;
    const button = variable.part === "button" ? { sub_type: variable.kind === "coupon_code" ? "copy_code" : "url", index: String(variable.index ?? 0) } : {};
    const component = components.get(key) ?? { type: variable.part, ...button, parameters: [] };
    component.parameters.push(parameterOf(variable, values[at]?.trim() ?? ""));
    components.set(key, component);
  });
  return { kind: "template", name: template.name, language: template.language, components: [...components.values()], body: previewOf(template, values) || null };
}

/** The text with what was filled in so far. */
export function previewOf(template: MessageTemplate, values: readonly string[]): string {
  return template.body.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    const at = template.variables.findIndex((variable) => variable.part === "body" && variable.name === name);
    return values[at]?.trim() ? (values[at] ?? whole) : whole;
  });
}

/** Inboxes without templates that were asked for theirs already, since the page was opened. */
const asked = new Set<string>();

interface TemplatePickerProps {
  inboxId: string;
  offers: readonly MessageTemplate[];
  onSend: (content: TemplateContent) => void;
}

export function TemplatePicker({ inboxId, offers, onSend }: TemplatePickerProps): ReactNode {
  const client = useQueryClient();
  const [chosen, setChosen] = useState("");
  const [values, setValues] = useState<string[]>([]);
  const sync = useMutation({
    mutationFn: () => http.post(`/v1/inboxes/${inboxId}/templates/sync`),
    onSettled: () => client.invalidateQueries({ queryKey: ["conversation"] }),
  });
  const { mutate } = sync;
  const isEmpty = offers.length === 0;
  useEffect(() => {
    if (!isEmpty || asked.has(inboxId)) return;
    asked.add(inboxId);
    mutate();
  }, [isEmpty, inboxId, mutate]);
  const template = offers.find((each) => keyOf(each) === chosen) ?? offers[0];
  const again = (
    <Button size="small" look="plain" icon="retry" disabled={sync.isPending} onClick={() => sync.mutate()}>
      {offers.length ? "Read templates again" : "Read templates from the provider"}
    </Button>
  );
  if (!template) {
    return (
      <>
        <div className={styles.template}>
          {again}
          {sync.isError ? <p role="alert">{sync.error.message}</p> : null}
        </div>
        <TemplateForm onSend={onSend} />
      </>
    );
  }
  const ready = template.variables.every((_, at) => values[at]?.trim());
  return (
    <form
      className={styles.picker}
      aria-label="Send a template"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        onSend(contentOf(template, values));
        setValues([]);
      }}
    >
      <div className={styles.pickerFields}>
        <Select
          label="Template"
          value={keyOf(template)}
          onChange={(event) => {
            setChosen(event.target.value);
            setValues([]);
          }}
        >
          {offers.map((each) => (
            <option key={keyOf(each)} value={keyOf(each)}>
              {each.name} · {each.language}
            </option>
          ))}
        </Select>
        {template.variables.length ? (
          <div className={styles.variables}>
            {template.variables.map((variable, at) => (
              <Input
                key={`${keyOf(template)}/${String(at)}`}
                label={labelOf(variable)}
                hint={variable.kind === "text" || variable.kind === "coupon_code" ? undefined : `The public address of the ${variable.kind}.`}
                value={values[at] ?? ""}
                required
                onChange={(event) => setValues((all) => template.variables.map((_, index) => (index === at ? event.target.value : (all[index] ?? ""))))}
              />
            ))}
          </div>
        ) : null}
        <p className={styles.templateText} data-testid="template-text">
          {previewOf(template, values)}
        </p>
        {sync.isError ? <p role="alert">{sync.error.message}</p> : null}
      </div>
      <div className={classes("row", styles.pickerFoot)}>
        {again}
        <Button type="submit" size="small" look="go" className="push" disabled={!ready}>
          Send template
        </Button>
      </div>
    </form>
  );
}
