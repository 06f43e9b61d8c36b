import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { System } from "./system.ts";

const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((file) => file !== undefined && existsSync(file));

/** What people see, in a real browser. Without an installed Chromium these are skipped by name. */
export function browserTests(system: () => System): void {
  describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
    let profile: string;
    let browser: BrowserContext;
    let problems: string[] = [];

    beforeAll(async () => {
      profile = await mkdtemp(path.join(tmpdir(), "toban-browser-"));
      browser = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM!,
        locale: "en-US",
        viewport: { width: 1280, height: 900 },
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
        ],
      });
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await rm(profile, { recursive: true, force: true });
    });

    const open = async (url: string): Promise<Page> => {
      const page = await browser.newPage();
      problems = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(url);
      return page;
    };

    it("without a session the console says how to open it", async () => {
      const page = await open(system().url);
      await page.getByTestId("refused").waitFor();
      await page.getByText("npm start").first().waitFor();
      await page.close();
    });

    it("the console shows the services live, in English and in Japanese", async () => {
      const { body } = await system().api<{ token: string }>("POST", "/v1/sign-in-links", {});
      const page = await open(`${system().url}/?token=${body.token}`);
      await page.locator('[data-testid=connection-state][data-state="live"]').waitFor();
      expect(page.url()).not.toContain("token=");
      for (const service of ["bff", "core", "worker"]) await page.getByTestId(`service-${service}`).waitFor();
      const total = await page
        .locator("[data-testid^=count-]")
        .evaluateAll((counts) =>
          counts.reduce((sum, count) => sum + Number(count.getAttribute("data-count")), 0),
        );
      expect(total).toBe(158);
      await page.getByTestId("environment-notes").getByText("10 seconds").waitFor();
      await page.getByTestId("language-switch").getByText("日本語").click();
      await page.getByTestId("environment-notes").getByText("10 秒").waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });

    it("an applicant submits a request on RingiFlow's page and finds it in the list", async () => {
      const page = await open(system().edgeUrl);
      await page.locator("[data-testid^=user-]").first().click();
      await page.getByTestId("new-request").click();
      const title = "Standing desks for the new office";
      await page.getByTestId("form-title").fill(title);
      await page.locator("select").first().selectOption({ index: 1 });
      await page.getByTestId("form-amount").fill("120000");
      await page.getByTestId("form-body").fill("Ten desks, delivered in January.");
      await page.getByTestId("form-submit").click();
      await page.getByTestId("detail").getByText(title).first().waitFor();
      await page.getByTestId("route").waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });
  });
}
