/** What was offered to choose from, and what was chosen. */

import { hrefOf, valueText, type Choice, type InteractiveContent } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { Icon } from "~/ui/icons.tsx";
import { RichText } from "../RichText.tsx";
import styles from "./content.module.css";

export function Interactive({ content }: { content: InteractiveContent }): ReactNode {
  if (content.type === "button_reply" || content.type === "list_reply") return <Chosen content={content} />;
  if (content.type === "flow_reply") return <Form content={content} />;
  const url = hrefOf(content.url);
  return (
    <>
      {content.header ? <p className={styles.strong}>{content.header}</p> : null}
      {content.body ? (
        <p className={styles.text}>
          <RichText text={content.body} />
        </p>
      ) : null}
      {content.footer ? <p className={styles.footer}>{content.footer}</p> : null}
      {content.buttons?.length ? <Options label="Offered buttons" choices={content.buttons} /> : null}
      {content.sections?.map((section, at) => (
        <div key={`${String(at)}-${section.title ?? ""}`}>
          {section.title ? <p className={styles.label}>{section.title}</p> : null}
          <Options label={section.title ?? "Offered list"} choices={section.rows} />
        </div>
      ))}
      {content.type === "cta_url" && content.button ? (
        <p className={styles.option}>
          <Icon name="external" />
          {url ? (
            <a href={url} target="_blank" rel="noopener noreferrer">
              {content.button}
            </a>
          ) : (
            content.button
          )}
        </p>
      ) : null}
      {content.type === "flow" && content.button ? <p className={styles.option}>{content.button}</p> : null}
      {!content.body && !content.header && content.type === "other" ? <p className={styles.footer}>A choice of a kind not shown yet</p> : null}
    </>
  );
}

function Chosen({ content }: { content: InteractiveContent }): ReactNode {
  return (
    <>
      <p className={styles.label}>Chose</p>
      <p className={styles.text}>{content.title}</p>
      {content.description ? <p className={styles.footer}>{content.description}</p> : null}
    </>
  );
}

function Form({ content }: { content: InteractiveContent }): ReactNode {
  return (
    <>
      <p className={styles.label}>Filled in{content.title ? `: ${content.title}` : ""}</p>
      <dl className={styles.pairs}>
        {Object.entries(content.form ?? {}).map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{valueText(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Options({ label, choices }: { label: string; choices: Choice[] }): ReactNode {
  return (
    <ul className={styles.options} aria-label={label}>
      {choices.map((choice) => (
        <li key={choice.id} className={styles.option}>
          <span>{choice.title}</span>
          {choice.description ? <span className={styles.footer}>{choice.description}</span> : null}
        </li>
      ))}
    </ul>
  );
}
