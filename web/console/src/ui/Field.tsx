/** Form fields: label, control, hint or error, tied together for screen readers. */

import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";
import { classes } from "./classes.ts";
import styles from "./field.module.css";
import { Icon } from "./icons.tsx";

interface Described {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  /** Beside the label, at the end of the line. */
  aside?: ReactNode;
  hideLabel?: boolean;
}

function Field({ id, label, hint, error, aside, hideLabel, children }: Described & { id: string; children: ReactNode }): ReactNode {
  return (
    <div className={styles.field}>
      <span className={classes(styles.top, hideLabel && "hidden-text")}>
        <label htmlFor={id}>{label}</label>
        {aside}
      </span>
      {children}
      {error ? (
        <p className={styles.error} id={`${id}-note`}>
          <Icon name="alert" size={12} />
          {error}
        </p>
      ) : hint ? (
        <p className="meta" id={`${id}-note`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

function noteOf(id: string, { hint, error }: Described): { "aria-describedby"?: string; "aria-invalid"?: true } {
  return { "aria-describedby": hint || error ? `${id}-note` : undefined, "aria-invalid": error ? true : undefined };
}

function split<P extends Described>(props: P): [Described, Omit<P, keyof Described>] {
  const { label, hint, error, aside, hideLabel, ...rest } = props;
  return [{ label, hint, error, aside, hideLabel }, rest];
}

type InputProps = Described & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement>; large?: boolean };

export function Input({ large, ...props }: InputProps): ReactNode {
  const own = useId();
  const [described, rest] = split(props);
  const id = props.id ?? own;
  return (
    <Field id={id} {...described}>
      <input {...rest} {...noteOf(id, described)} id={id} className={classes(styles.input, large && styles.large, props.className)} />
    </Field>
  );
}

type TextareaProps = Described & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> };

export function Textarea(props: TextareaProps): ReactNode {
  const own = useId();
  const [described, rest] = split(props);
  const id = props.id ?? own;
  return (
    <Field id={id} {...described}>
      <textarea {...rest} {...noteOf(id, described)} id={id} className={classes(styles.input, styles.area, props.className)} />
    </Field>
  );
}

type SelectProps = Described & SelectHTMLAttributes<HTMLSelectElement>;

export function Select(props: SelectProps): ReactNode {
  const own = useId();
  const [described, rest] = split(props);
  const id = props.id ?? own;
  return (
    <Field id={id} {...described}>
      <span className={styles.select}>
        <select {...rest} {...noteOf(id, described)} id={id} className={classes(styles.input, props.className)} />
        <Icon name="down" />
      </span>
    </Field>
  );
}

export function Switch({ label, hint, ...rest }: { label: string; hint?: string } & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <label className={styles.line}>
      <span className="grow">
        <span className={styles.lineLabel}>{label}</span>
        {hint ? (
          <span className={classes("meta", styles.lineHint)} id={id}>
            {hint}
          </span>
        ) : null}
      </span>
      <input {...rest} type="checkbox" role="switch" className={styles.switch} aria-describedby={hint ? id : undefined} />
    </label>
  );
}

export function Checkbox({ label, hint, ...rest }: { label: string; hint?: string } & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return (
    <label className={styles.check}>
      <input {...rest} type="checkbox" />
      <span>
        {label}
        {hint ? <span className={classes("meta", styles.lineHint)}>{hint}</span> : null}
      </span>
    </label>
  );
}
