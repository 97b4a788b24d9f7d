// Opens a page of 'wiredns report' in Chromium and prints what it observed as one JSON object. Started by ReportPageTests and docs/report-pictures:
//   node report-page.mjs PACKAGES CHROMIUM CHECK PAGE [FOLDER]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, chromiumPath, check, file, folder] = process.argv.slice(2);
const load = createRequire(join(packages, "package.json"));
const { chromium } = load("playwright-core");
const address = pathToFileURL(file).href;

const desktop = { viewport: { width: 1280, height: 900 } };
const modes = {
  light: { ...desktop, colorScheme: "light" },
  dark: { ...desktop, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });

/** Opens the page, waits until it can be used, and notes everything that it must not do. */
async function open(options, until = "load") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.on("dialog", dialog => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", error => faults.push(`error: ${error.message}`));
  page.on("console", message => faults.push(`console: ${message.text()}`));
  page.on("request", request => { if (request.url() !== address && !request.url().startsWith("blob:")) faults.push(`request: ${request.url()}`); });
  page.on("popup", () => faults.push("popup"));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", event => console.error(`policy: ${event.violatedDirective}`)));
  await page.goto(address, { waitUntil: until });
  await page.waitForSelector("html[data-ready]");
  return { page, faults, close: () => context.close() };
}

async function openDetails(page) {
  if (await page.locator(".open").count() > 0) {
    await page.locator(".open").first().click();
    await page.locator(".detail").first().waitFor();
  }
}

const checks = {
  /** Violations of accessibility, as axe-core finds them, with details and the tables of charts open. */
  async axe() {
    const violations = [];
    for (const [mode, options] of Object.entries(modes)) {
      const { page, faults, close } = await open(options);
      await openDetails(page);
      await page.evaluate(() => document.querySelectorAll("details").forEach(one => { one.open = true; }));
      await page.evaluate(readFileSync(load.resolve("axe-core/axe.min.js"), "utf8"));
      const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      violations.push(...result.violations.flatMap(one => one.nodes.map(node => `${mode}: ${one.id}: ${node.target.join(" ")}: ${node.failureSummary}`)));
      const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      if (width[0] > width[1]) violations.push(`${mode}: the page is ${width[0]} wide in a window of ${width[1]}`);
      violations.push(...faults.map(fault => `${mode}: ${fault}`));
      await close();
    }
    return { violations };
  },

  /** What filter, order, pages, details, export and keyboard do. */
  async use() {
    const { page, faults, close } = await open(modes.light);
    const count = () => page.locator("#count").textContent();
    const column = index => page.locator(`.alerts tbody tr:not(.detail) td:nth-child(${index})`).allTextContents();
    const settle = async was => page.waitForFunction(text => document.getElementById("count").textContent !== text, was);
    const seen = { all: await count(), rows: (await column(1)).length };

    await page.locator("#search").fill("NAME-7.");
    await settle(seen.all);
    seen.searched = await count();
    seen.found = await column(4);
    await page.locator("#clear").click();
    await settle(seen.searched);
    seen.cleared = await count();
    await page.locator("#level").selectOption("1");
    await settle(seen.cleared);
    seen.ofLevel = [...new Set(await column(1))];
    await page.locator("#clear").click();

    const sorts = [];
    for (const key of ["client", "client", "count"]) {
      await page.locator(`[data-key=${key}]`).click();
      sorts.push([await page.locator(`.alerts th[aria-sort]`).evaluateAll(all => all.map(one => `${one.textContent} ${one.getAttribute("aria-sort")}`)),
        (await column(key === "client" ? 3 : 5))[0], await page.evaluate(() => document.activeElement.dataset.key)]);
    }
    seen.sorts = sorts;

    await page.getByRole("button", { name: "Next" }).click();
    seen.second = await count();
    seen.focusAfterPage = await page.evaluate(() => document.activeElement.textContent);

    // By keyboard alone: the skip link, then details of the first row and away again.
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await page.keyboard.press("Tab");
    seen.firstStop = await page.evaluate(() => document.activeElement.textContent);
    await page.locator("#export").focus();
    for (let stop = 0; stop < 7; stop++) await page.keyboard.press("Tab");
    seen.rowStop = await page.evaluate(() => document.activeElement.className);
    await page.keyboard.press("Enter");
    seen.detail = await page.locator(".detail").textContent();
    seen.expanded = await page.evaluate(() => document.activeElement.getAttribute("aria-expanded"));
    seen.marked = await page.locator(".detail pre mark").allTextContents();
    await page.keyboard.press("Enter");
    await page.locator(".detail").waitFor({ state: "detached" });
    seen.closed = await page.locator(".detail").count();

    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#export").click()]);
    seen.csv = readFileSync(await download.path(), "utf8");
    seen.headings = await page.locator("h1, h2, h3, h4").evaluateAll(all => all.map(one => Number(one.tagName[1])));
    seen.faults = faults;
    await close();
    return seen;
  },

  /** What hostile text does: nothing. All details are opened, all is searched and sorted. */
  async hostile() {
    const { page, faults, close } = await open(modes.light);
    const all = await page.locator(".open").count();
    for (let row = 0; row < all; row++) {
      await page.locator(".open").nth(row).click();
      await page.locator(".detail").nth(row).waitFor();
    }
    await page.evaluate(() => document.querySelectorAll("details").forEach(one => { one.open = true; }));
    await page.locator("[data-key=domain]").click();
    await page.locator("#search").fill("<script>");
    const foreign = await page.evaluate(() => [...document.querySelectorAll("img, iframe, object, embed, video, audio, base, link, script:not(#data, #further, #listed), [onerror], [onclick], [onload], [style], a[href]:not([href^='#'])")]
      .map(one => one.outerHTML.slice(0, 120)));
    const controls = await page.evaluate(() => {
      document.getElementById("clear").click();
      return [...document.body.innerText.matchAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g)].length;
    });
    await close();
    return { rows: all, faults, foreign, controls };
  },

  /** Milliseconds until the page can be used, and until a search has been answered. */
  async speed() {
    const start = performance.now();
    const { page, faults, close } = await open(modes.light, "commit");
    const opened = performance.now() - start;
    const before = await page.locator("#count").textContent();
    const searched = performance.now();
    await page.locator("#search").fill("name-99999");
    await page.waitForFunction(text => document.getElementById("count").textContent !== text, before);
    const answered = performance.now() - searched;
    const after = await page.locator("#count").textContent();
    await close();
    return { opened, answered, before, after, faults };
  },

  /** Pictures for the documentation. */
  async pictures() {
    for (const [mode, options] of Object.entries(modes)) {
      const { page, close } = await open({ ...options, deviceScaleFactor: mode === "phone" ? 2 : 1, viewport: mode === "phone" ? options.viewport : { width: 1280, height: 1100 } });
      if (mode === "dark") {
        await openDetails(page);
        await page.locator("#alerts").evaluate(one => one.scrollIntoView({ behavior: "instant" }));
      }
      await page.screenshot({ path: join(folder, `report-${mode === "light" ? "desktop" : mode}.png`) });
      if (mode === "light") await page.pdf({ path: join(folder, "report.pdf"), format: "A4" });
      await close();
    }
    return {};
  },
};

try {
  console.log(JSON.stringify(await checks[check]()));
} finally {
  await browser.close();
}
