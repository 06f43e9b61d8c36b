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
      await page.getByText("npm start").first().waitFor();
      await page.close();
    });

    it("the console shows the services live, in English and in Japanese", async () => {
      const { body } = await system().api<{ token: string }>("POST", "/v1/sign-in-links", {});
      const page = await open(`${system().url}/?token=${body.token}`);
      await page.getByTestId("service-card").first().waitFor();
      expect(await page.getByTestId("service-card").count()).toBe(3);
      expect(await page.getByTestId("commitments-counts").textContent()).toMatch(/158|proven/i);
      expect(page.url()).not.toContain("token=");
      await page.getByTestId("language-switch").getByText("日本語").click();
      await page
        .getByText("本番")
        .or(page.getByText("ゲームデー"))
        .or(page.getByText("約束"))
        .first()
        .waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });

    it("RingiFlow's page lets an applicant sign in and shows their requests", async () => {
      const page = await open(system().edgeUrl);
      await page
        .locator("body")
        .getByText(/RingiFlow/)
        .first()
        .waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });
  });
}
