// The gradebook: a teacher enters marks with the keyboard alone and asks why, the head locks, publishes, prints and exports, a
// parent reads.
import assert from "node:assert/strict";
import { axe, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

/** grid opens the first grid of the example teacher. */
async function grid(page) {
	await signIn(page, "enseignant");
	await page.getByRole("link", { name: "Notes", exact: true }).click();
	await axe(page);
	await page.locator("a[href^='/notes/saisie']").first().click();
	await page.locator("form.grid").waitFor();
}

pageTest("a teacher enters marks by keyboard alone, sees averages move and asks why", {}, async (page) => {
	await grid(page);
	await axe(page);
	const cell = page.locator("#c0-2");
	const average = page.locator("tbody tr").first().locator("td").last().locator("summary b");
	const before = await average.innerText();
	await cell.focus();
	await page.keyboard.press("Control+A");
	await page.keyboard.type(before.startsWith("0") ? "20" : "0");
	await page.keyboard.press("Enter"); // down, and nothing is sent
	assert.equal(await page.evaluate(() => document.activeElement.id), "c1-2");
	await page.keyboard.press("ArrowUp");
	assert.equal(await page.evaluate(() => document.activeElement.id), "c0-2");
	await page.keyboard.press("End");
	await page.keyboard.press("ArrowRight");
	assert.equal(await page.evaluate(() => document.activeElement.id), "c0-3");
	await page.locator("#grid-status", { hasText: "Moyennes à jour" }).waitFor({ state: "attached" });
	assert.notEqual(await average.innerText(), before, "the average moved");
	// Why: the summary is reached and opened by keyboard.
	await average.locator("xpath=..").focus();
	await page.keyboard.press("Enter");
	const why = page.locator("tbody tr").first().locator("pre");
	assert.match(await why.innerText(), /÷/);
	await axe(page);
	await screenshot(page, "marks-grid");
	// Escape gives back what was saved.
	await page.locator("#c1-2").focus();
	const saved = await page.locator("#c1-2").inputValue();
	await page.keyboard.press("Control+A");
	await page.keyboard.type("7");
	await page.keyboard.press("Escape");
	assert.equal(await page.locator("#c1-2").inputValue(), saved);
	await page.getByRole("button", { name: "Enregistrer la grille" }).focus();
	await page.keyboard.press("Enter");
	await page.getByText("1 note enregistrée", { exact: false }).waitFor();
	assert.equal(await page.locator("#c0-2").inputValue(), before.startsWith("0") ? "20" : "0");
	await axe(page);
});

pageTest("what is refused stays in its cell, with its reason", { expect: [422] }, async (page) => {
	await grid(page);
	await page.locator("#c0-0").fill("douze");
	await page.locator("#c1-0").fill("0,5");
	await page.getByRole("button", { name: "Enregistrer la grille" }).click();
	await page.getByRole("alert").waitFor();
	await has(page, "1 note n’a pas été enregistrée", "ni un nombre ni un statut connu");
	assert.equal(await page.locator("#c0-0").inputValue(), "douze");
	assert.equal(await page.locator("#c0-0").getAttribute("aria-invalid"), "true");
	await page.getByRole("alert").getByRole("link").first().click();
	await axe(page);
	await screenshot(page, "marks-refused");
});

pageTest("two teachers on one grid: the second sees what the first wrote", { expect: [422] }, async (page) => {
	await grid(page);
	const other = await page.context().newPage();
	await other.goto(page.url());
	await page.locator("#c2-0").fill("1");
	await other.locator("#c2-0").fill("2");
	await page.getByRole("button", { name: "Enregistrer la grille" }).click();
	await page.getByText("enregistrée", { exact: false }).first().waitFor();
	await other.getByRole("button", { name: "Enregistrer la grille" }).click();
	await other.getByRole("alert").waitFor();
	await has(other, "a enregistré : 1.");
	await axe(other);
	await screenshot(other, "marks-conflict");
	await other.getByRole("link", { name: "Historique" }).click();
	await has(other, "Avant", "Après");
	await axe(other);
});

pageTest("the head locks and publishes, a parent reads, the file is exported", {}, async (page) => {
	await signIn(page, "direction");
	await page.getByRole("link", { name: "Notes", exact: true }).click();
	await page.getByRole("link", { name: "Classe 4A" }).click();
	await has(page, "Ce qui reste à saisir avant le conseil");
	await axe(page);
	await screenshot(page, "marks-class");
	await page.getByLabel("État").selectOption("closed");
	const council = await page.getByLabel("Conseil de classe").inputValue();
	await page.getByLabel("Publication aux familles").fill(council.slice(0, 8) + "02");
	await page.getByLabel("Pourquoi (facultatif)").fill("Conseil tenu");
	await page.getByRole("button", { name: "Enregistrer" }).click();
	await has(page, "Conseil tenu");
	const bulletins = page.getByRole("link", { name: "Imprimer les bulletins" });
	await bulletins.waitFor();
	const classPage = page.url();
	await bulletins.click();
	await page.waitForURL(/notes\/bulletins/);
	await axe(page);
	await screenshot(page, "marks-bulletins");
	await page.goto(classPage);
	await page.getByRole("link", { name: "Livret scolaire (LSU)" }).click();
	await has(page, "bilans périodiques");
	await axe(page);
	await screenshot(page, "marks-lsu");
	const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /Télécharger/ }).click()]);
	assert.equal(download.suggestedFilename(), "lsu.xml");

	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await signIn(page, "responsable d’un élève");
	await page.getByRole("link", { name: "Notes", exact: true }).click();
	await page.locator("a[href^='/notes/eleve']").first().click();
	await page.getByRole("link", { name: "Voir le bulletin" }).waitFor();
	const why = page.locator("details.why").first();
	await why.locator("summary").click();
	assert.match(await why.locator("pre").innerText(), /÷/);
	await axe(page);
	await screenshot(page, "marks-pupil");
	await page.getByRole("link", { name: "Voir le bulletin" }).click();
	await page.waitForURL(/notes\/bulletin\?/);
	await axe(page);
	assert.ok((await page.locator("body").innerText()).length > 500);
});

pageTest("marks are read on a phone", { viewport: { width: 320, height: 700 } }, async (page) => {
	await signIn(page, "responsable d’un élève");
	await page.goto("/notes");
	await page.locator("a[href^='/notes/eleve']").first().click();
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= 320, `the page is ${wide} pixels wide`);
	await axe(page);
	assert.ok((await read(page)).includes("Moyenne générale"));
	await screenshot(page, "marks-phone");
});
