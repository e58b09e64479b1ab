// A place where a file is dropped, or chosen: by hand, by keys, by a screen reader.
import { html, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Icon.js";
import "@ui5/webcomponents-icons/dist/upload.js";

/** Endings of what other systems export. */
export const exportForms = ".csv,.tsv,.txt,.xlsx,.json,.jsonl,.ndjson,.vcf,.zip";

export interface DropPlace {
  title: string;
  says: string;
  /** Endings of what can be taken. */
  accept: string;
  disabled: boolean;
  take(file: File): void;
}

const place = (event: Event): HTMLElement => event.currentTarget as HTMLElement;

export function dropPlace({ title, says, accept, disabled, take }: DropPlace): TemplateResult {
  const given = (file: File | undefined): void => {
    if (file && !disabled) take(file);
  };
  return html`<label
    class="card drop"
    @dragover=${(event: DragEvent) => (event.preventDefault(), place(event).setAttribute("data-over", ""))}
    @dragleave=${(event: Event) => place(event).removeAttribute("data-over")}
    @drop=${(event: DragEvent) => {
      event.preventDefault();
      place(event).removeAttribute("data-over");
      given(event.dataTransfer?.files[0]);
    }}
  >
    <input
      type="file"
      class="visually-hidden"
      accept=${accept}
      ?disabled=${disabled}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement, file = input.files?.[0];
        input.value = ""; // the same file can be chosen again
        given(file);
      }}
    />
    <ui5-icon name="upload"></ui5-icon>
    <strong>${title}</strong>
    <span class="muted">${says}</span>
  </label>`;
}
