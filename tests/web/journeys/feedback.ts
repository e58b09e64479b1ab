// Somebody reports trouble where it is; it is answered, and the answer is found. shows: UX-1 UX-2
import { runOf } from "../asked";
import type { Journey } from "../journey";

export const feedback: readonly Journey[] = [
  {
    name: "somebody reports trouble",
    who: "sam",
    async goes(v) {
      const text = `The font is small (${runOf(v)})`;
      await v.to("/help");
      await v.page.locator("ui5-button.frame-feedback").click();
      await v.page.locator("ui5-textarea#feedback-text textarea").fill(text);
      await v.accessible();
      await v.page.locator(".dialog-does").click();
      await v.page.locator(".toast").waitFor();
      await v.to("/feedback");
      await v.page.getByText(text).waitFor();
      await v.accessible();
      if (v.language !== "en") return;
      await v.page.locator(".feedback", { hasText: text }).getByRole("button", { name: "Add to it" }).click();
      await v.page.locator("ui5-textarea#feedback-more textarea").fill("On the telephone most of all");
      await v.page.locator("ui5-dialog[open] .dialog-does").click();
      await v.page.getByText("On the telephone most of all").first().waitFor();
    },
  },
  {
    name: "somebody reports trouble, answered",
    who: "ada",
    languages: ["en"],
    sizes: ["desk"],
    async goes(v) {
      await v.to("/feedback/all");
      await v.accessible();
      await v.page.getByRole("button", { name: "Answer" }).first().click();
      await v.page.locator("ui5-textarea#feedback-answer textarea").fill("Larger from tomorrow on");
      await v.page.locator(".dialog-does").click();
      await v.page.getByText("Larger from tomorrow on").first().waitFor();
    },
  },
];
