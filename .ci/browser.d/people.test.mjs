// The pages of who administers accounts: an import from the delivery to its undo, accounts, duplicates, who may see what.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { axe, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

/** good is what holds for every page: one heading, no violation. The picture comes with it. */
async function good(page, heading, name) {
	assert.equal((await page.locator("h1").innerText()).replace(/\s+/g, " "), heading);
	// Each closed list is opened, since axe judges what is shown.
	await page.locator("details").evaluateAll((all) => all.forEach((d) => { d.open = true; }));
	await axe(page);
	await screenshot(page, `people-${name}`);
}

/** compare downloads one of the deliveries to try, and sends it as somebody who received it would. */
async function compare(page, example) {
	await page.getByRole("link", { name: "Import", exact: true }).click();
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: example }).click()]);
	await page.getByLabel("Livraison AAF").setInputFiles({
		name: file.suggestedFilename(), mimeType: "application/zip", buffer: await readFile(await file.path()),
	});
	await page.getByRole("button", { name: "Comparer" }).click();
	await page.waitForURL("/annuaire/plans/**");
}

pageTest("an administrator imports a Delta, reads the plan, applies it and undoes it", { expect: [422] }, async (page) => {
	await signIn(page, "administrateur");
	assert.deepEqual(
		await page.getByRole("navigation", { name: "Menu principal" }).getByRole("link").allInnerTexts(),
		["Accueil", "Import", "Comptes", "Doublons", "Qui peut voir", "Mon compte", "Codes", "Partenaires"],
	);
	await page.getByRole("link", { name: "Import", exact: true }).click();
	await good(page, "Import", "import");

	await compare(page, "Delta d’exemple");
	await has(page, "Delta : des changements seulement", "ARRIVANT Camille", "(masqué)", "Le compte y est.");
	await good(page, "Plan d’import", "plan");
	await page.getByLabel("Opération", { exact: true }).selectOption({ label: "création" });
	await page.getByRole("button", { name: "Filtrer" }).click();
	await has(page, "1 changement pour ce filtre");
	await good(page, "Plan d’import", "plan-filtered");

	await page.getByRole("button", { name: "Appliquer" }).click();
	await page.waitForURL("/annuaire/imports/*");
	await has(page, "Le compte y est.", "annulable");
	await good(page, await page.locator("h1").innerText(), "report");

	await page.goto("/annuaire/comptes?q=arrivant");
	await page.getByRole("link", { name: "ARRIVANT Camille" }).click();
	await has(page, "compte créé, par administrateur");
	await good(page, "ARRIVANT Camille", "account");
	await page.goto("/annuaire/comptes");
	await page.getByLabel("État", { exact: true }).selectOption({ label: "absent de l’annuaire" });
	await page.getByRole("button", { name: "Chercher" }).click();
	await has(page, "1 compte dans cet état.", "60 jours restants");
	await good(page, "Comptes", "missing");

	await page.getByRole("link", { name: "Import", exact: true }).click();
	await page.getByRole("row").filter({ hasText: "annulable" }).getByRole("link").click();
	await page.getByRole("button", { name: "Annuler l’import" }).click();
	await has(page, "Rien n’a été annulé.", "Cochez la case");
	await good(page, await page.locator("h1").innerText(), "undo-unconfirmed");
	await page.getByLabel("Je veux annuler cet import.").check();
	await page.getByRole("button", { name: "Annuler l’import" }).click();
	await has(page, "L’import est annulé.", "personnes créées, retirées");
	await good(page, await page.locator("h1").innerText(), "undone");
	await page.goto("/annuaire/comptes?q=arrivant");
	await has(page, "Aucun compte.");
	await good(page, "Comptes", "nobody");
});

pageTest("a plan that a lost file blocks wants consent, with the schools named", { expect: [422] }, async (page) => {
	await signIn(page, "administrateur");
	await compare(page, "Complet d’exemple dont un fichier s’est perdu");
	assert.match(await read(page), /Ce plan est bloqué .*CLG .* : \d+ personnes sur \d+ \(ELV\) ont disparu/);
	await good(page, "Plan d’import", "blocked");
	await page.getByRole("button", { name: "Appliquer" }).click();
	await has(page, "il faut cocher la case");
	assert.equal(await page.getByLabel("J’ai lu pourquoi").getAttribute("aria-invalid"), "true");
	await good(page, "Plan d’import", "unconfirmed");
});

pageTest("what is no delivery is refused in words", { expect: [422] }, async (page) => {
	await signIn(page, "administrateur");
	await page.getByRole("link", { name: "Import", exact: true }).click();
	await page.getByLabel("Livraison AAF").setInputFiles({ name: "livraison.zip", mimeType: "application/zip", buffer: Buffer.from("non") });
	await page.getByRole("button", { name: "Comparer" }).click();
	await has(page, "Rien n’a été comparé.", "n’a pas pu être lue jusqu’au bout");
	await good(page, "Import", "refused");
});

pageTest("accounts are found, blocked and unblocked", {}, async (page) => {
	await signIn(page, "administrateur délégué");
	await page.getByRole("link", { name: "Comptes", exact: true }).click();
	await good(page, "Comptes", "accounts");
	await page.getByRole("link", { name: "Page suivante" }).click();
	const link = page.getByRole("table", { name: "Comptes" }).getByRole("rowheader").getByRole("link").first();
	const name = await link.innerText();
	await link.click();
	await page.getByRole("button", { name: "Bloquer" }).click();
	await page.getByRole("button", { name: "Débloquer" }).waitFor();
	await good(page, name.replace(/\s+/g, " "), "blocked-account");
	await page.getByRole("button", { name: "Débloquer" }).click();
	await page.getByRole("button", { name: "Bloquer", exact: true }).waitFor();
});

pageTest("two accounts that look alike are merged, and taken apart again", {}, async (page) => {
	await signIn(page, "administrateur");
	await page.getByRole("link", { name: "Doublons", exact: true }).click();
	await good(page, "Doublons", "duplicates");
	const status = () => page.getByRole("status").innerText();
	const before = await status();
	assert.match(await read(page), /même date de naissance : [01]/);
	await page.getByRole("button", { name: /^Fusionner/ }).first().click();
	await page.getByRole("button", { name: /^Défaire/ }).first().waitFor();
	assert.notEqual(await status(), before);
	await good(page, "Doublons", "merged");
	await page.getByRole("button", { name: /^Défaire/ }).first().click();
	await has(page, "Fusions qui peuvent être défaites Aucune.");
	assert.equal(await status(), before);
	await page.getByRole("button", { name: /^Ce sont deux personnes/ }).last().click();
	await page.waitForURL("/annuaire/doublons");
	assert.notEqual(await status(), before);
});

pageTest("who may see a pupil’s marks, and why", {}, async (page) => {
	await signIn(page, "administrateur");
	await page.getByRole("link", { name: "Qui peut voir", exact: true }).click();
	await good(page, "Qui peut voir", "why-empty");
	await page.getByLabel("Nom ou prénom de l’élève").fill("mar");
	await page.getByRole("button", { name: "Chercher" }).click();
	await good(page, "Qui peut voir", "why-pupils");
	await page.locator("main ul.columns a").first().click();
	const heading = (await page.locator("h1").innerText()).replace(/\s+/g, " ");
	await has(page, "Peuvent lire les notes", "élève : soi-même", "représentant légal : ses enfants");
	await good(page, heading, "why");
	await page.getByRole("row").filter({ hasText: "représentant légal" }).getByRole("link").first().click();
	await has(page, ": oui", "Accès de ce responsable", "(détail réservé)");
	await good(page, heading, "why-explained");
	await page.getByLabel("Qui peut", { exact: true }).selectOption({ label: "lire le motif d’une absence" });
	await page.getByRole("button", { name: "Voir" }).click();
	await has(page, "Peuvent lire le motif d’une absence");
	await good(page, heading, "why-reason");
});

// 320 pixels is the width that WCAG 1.4.10 (reflow) asks for.
pageTest("nothing overflows a narrow screen", { viewport: { width: 320, height: 640 } }, async (page) => {
	await signIn(page, "administrateur");
	await compare(page, "Delta d’exemple");
	const plan = new URL(page.url()).pathname;
	for (const path of [plan, "/annuaire/import", "/annuaire/comptes", "/annuaire/doublons", "/annuaire/pourquoi?q=mar"]) {
		await page.goto(path);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(over, 0, path);
		await axe(page);
		await screenshot(page, `people-narrow-${path.split(/[/?]/)[2]}`);
	}
});
