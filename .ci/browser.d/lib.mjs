// What the page scripts share: a browser, pages that report what goes wrong in them, sign-in, axe and screenshots.
import assert from "node:assert/strict";
import path from "node:path";
import test, { after } from "node:test";
import axeCore from "axe-core";
import { chromium } from "playwright-core";

const portal = process.env.CARTABLE_PORTAL;
assert.ok(portal, "CARTABLE_PORTAL must hold the address of a running portal; .ci/browser sets it");

// What a person who waits would call broken; the browser's own 30 seconds would eat the time of the stage.
const patience = 10_000;

let browser;

/** launch starts the browser of this script, in a fresh profile that is removed with it; later calls return the same. */
export function launch() {
	browser ??= chromium.launch({
		executablePath: process.env.CARTABLE_CHROMIUM ?? "/usr/bin/chromium",
		args: [
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
		],
	});
	return browser;
}

after(async () => (await browser)?.close());

/**
 * newPage opens a page with cookies of its own. faults collects what a visitor may not see but must not happen: errors in
 * the console, requests that failed, answers of 400 and above but for the statuses that are expected. The options are
 * those of a context of Playwright, and expect.
 */
export async function newPage({ expect = [], ...options } = {}) {
	const context = await (await launch()).newContext({
		baseURL: portal,
		locale: "fr-FR",
		// axe would read a colour in the middle of its transition.
		reducedMotion: "reduce",
		...options,
	});
	context.setDefaultTimeout(patience);
	const faults = [];
	context.on("console", (m) => {
		// What the browser says of a failed request is told below, with its address.
		if (m.type() === "error" && !m.text().startsWith("Failed to load resource")) faults.push(`console: ${m.text()}`);
	});
	context.on("weberror", (e) => faults.push(`script: ${e.error()}`));
	context.on("requestfailed", (r) => faults.push(`request: ${r.url()}: ${r.failure()?.errorText}`));
	context.on("response", (r) => {
		if (r.status() >= 400 && !expect.includes(r.status())) faults.push(`request: ${r.url()}: ${r.status()}`);
	});
	return { page: await context.newPage(), faults };
}

/** pageTest is a test that gets a new page; the options are those of newPage. A fault of the page fails it. */
export function pageTest(name, options, body) {
	test(name, async (t) => {
		const { page, faults } = await newPage(options);
		try {
			await body(page);
		} catch (err) {
			faults.forEach((f) => t.diagnostic(f));
			// The picture is help, not the result: it must not hide why the test failed.
			await screenshot(page, `failed-${name}`).catch(() => {});
			throw err;
		} finally {
			await page.context().close();
		}
		assert.deepEqual(faults, [], "the page met errors");
	});
}

/** choice is the button of the sign-in page for the example person of a role, such as "direction". */
export function choice(page, role) {
	return page.locator("button[name=person]").filter({ has: page.getByText(role, { exact: true }) });
}

/** signIn enters as the example person of a role, and returns the name that the header shows. */
export async function signIn(page, role) {
	await page.goto("/connexion");
	await choice(page, role).click();
	await page.waitForURL("/");
	assert.equal(await page.locator(".who span").innerText(), role);
	return page.locator(".who b").innerText();
}

/** read returns the text of the page's main part, with one ordinary space for each of the spaces of French typography. */
export async function read(page) {
	return (await page.locator("main").innerText()).replace(/\s+/g, " ");
}

/** has fails unless the main part of the page holds each text. */
export async function has(page, ...texts) {
	const all = await read(page);
	for (const t of texts) assert.ok(all.includes(t), `${page.url()}: “${t}” is missing in: ${all}`);
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** axe fails on any violation of the page, in its light and in its dark colours. */
export async function axe(page) {
	const found = [];
	// Evaluated rather than added as a script, which the portal's Content-Security-Policy rightly refuses.
	await page.evaluate(axeCore.source);
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme });
		const result = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: "tag", values } }), tags);
		assert.ok(result.passes.length > 0, "axe checked nothing");
		for (const v of result.violations) {
			for (const n of v.nodes) found.push(`${v.id} (${v.impact}, ${colorScheme}): ${n.target.flat().join(" ")}: ${v.help}`);
		}
	}
	await page.emulateMedia({ colorScheme: null });
	assert.ok(found.length === 0, `axe, on ${page.url()}:\n  ${found.join("\n  ")}`);
}

/** screenshot writes the whole page as a PNG into the folder that CARTABLE_SCREENSHOTS names, if it names one. */
export async function screenshot(page, name) {
	const folder = process.env.CARTABLE_SCREENSHOTS;
	if (!folder) return;
	const file = name.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\w-]+/g, "-");
	await page.screenshot({ path: path.join(folder, `${file}.png`), fullPage: true });
}
