// The pages about prices: a parent's simulator, the town hall's tariff and its comparison.
import assert from "node:assert/strict";
import { axe, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

/** compute fills the parent's form: a couple with two children, whose quotient is 800. */
async function compute(page) {
	await page.goto("/tarifs");
	await page.getByLabel("Ressources ou revenu fiscal").fill("28800");
	await page.getByLabel("Enfants à charge").fill("2");
	await page.getByRole("button", { name: "Calculer" }).click();
	await page.getByRole("heading", { name: "Mon quotient", exact: true }).waitFor();
}

pageTest("a parent computes a quotient and reads why a meal costs what it does", {}, async (page) => {
	await signIn(page, "responsable d’un élève");
	await page.getByRole("link", { name: "Tarifs" }).click();
	await axe(page);
	await compute(page);
	await has(page, "Quotient familial : 800,00 €", "2,35 €", "9,15 €", "ressources et prestations du mois");
	const meal = page.locator(".prices li").filter({ has: page.getByRole("heading", { name: "Repas" }) });
	await meal.getByText("Pourquoi ce prix ?").click();
	assert.match(await meal.locator("pre").innerText(), /tranche à partir de 640 jusqu'à moins de 860|tranche à partir de 640 jusqu’à moins de 860/);
	await axe(page);
	await screenshot(page, "simulator");
	assert.ok(!page.url().includes("28800"), "an income stands in no address");
});

pageTest("the prices are printed without the form", {}, async (page) => {
	await signIn(page, "responsable d’un élève");
	await compute(page);
	await page.emulateMedia({ media: "print" });
	for (const hidden of [".menu", "form.fields"]) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
	assert.ok(await page.getByRole("heading", { name: "Ce que coûte chaque service" }).isVisible());
	// The reasons are printed whether they are open or not.
	const height = await page.locator(".prices pre").first().evaluate((e) => e.getBoundingClientRect().height);
	assert.ok(height > 20, "the reason of the first price is printed");
	await screenshot(page, "simulator-print");
});

pageTest("the keyboard alone fills the simulator, at 320 pixels", { viewport: { width: 320, height: 700 } }, async (page) => {
	await signIn(page, "responsable d’un élève");
	await page.goto("/tarifs");
	await page.getByLabel("Ressources ou revenu fiscal").focus();
	await page.keyboard.type("28800");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Mon quotient", exact: true }).waitFor();
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= 320, `the page is ${wide} pixels wide`);
	await axe(page);
});

pageTest("the town hall sees what is wrong while typing, publishes, and comes back", {}, async (page) => {
	await signIn(page, "mairie");
	await page.getByRole("link", { name: "Tarif", exact: true }).click();
	await has(page, "Les quotients de 800 à 859 ne sont dans aucune tranche");
	await axe(page);
	const text = page.getByLabel("Tarif, en YAML");
	const before = await text.inputValue();
	const at = before.slice(0, before.indexOf("below: 860, price: 2.35")).split("\n").length;
	await text.fill(before.replace("below: 860, price: 2.35", "below: 860, prise: 2.35"));
	await page.locator("#findings").getByText("La clé prise n’existe pas. Peut-être price").waitFor();
	await page.locator("#findings").getByRole("link", { name: `Ligne ${at}`, exact: true }).click();
	const fault = page.locator(`#ligne-${at}`);
	assert.match(await fault.innerText(), /below: 860, prise: 2\.35.*erreur/s, "the line in fault is marked, in words too");
	await page.waitForFunction((id) => {
		const box = document.getElementById(id).getBoundingClientRect();
		return box.top >= 0 && box.bottom <= innerHeight;
	}, `ligne-${at}`);
	await screenshot(page, "editor");
	await axe(page);
	await text.fill(before.replace("below: 860, price: 2.35", "below: 860, price: 2.75"));
	await page.locator("#findings").getByText("La clé prise").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Publier" }).click();
	await has(page, "Tarif publié.");
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await signIn(page, "responsable d’un élève");
	await compute(page);
	assert.ok((await read(page)).includes("2,75 €"), "the parent reads the price that was published");
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await signIn(page, "mairie");
	await page.goto("/mairie/tarif");
	await page.getByRole("button", { name: "Revenir au tarif d’origine" }).click();
	await has(page, "Tarif publié.");
});

pageTest("what cannot be read is named, at its field", { expect: [422] }, async (page) => {
	await signIn(page, "responsable d’un élève");
	await page.goto("/tarifs");
	await page.getByLabel("Ressources ou revenu fiscal").fill("beaucoup");
	await page.getByRole("button", { name: "Calculer" }).click();
	const alert = page.getByRole("alert");
	assert.match(await alert.innerText(), /Ressources ou revenu fiscal de référence\s: un nombre est attendu/);
	await axe(page);
	await screenshot(page, "simulator-refused");
	await alert.getByRole("link", { name: "Ressources" }).click();
	assert.equal(await page.evaluate(() => document.activeElement.id), "resources", "the link leads to the field");
	assert.equal(await page.getByLabel("Ressources ou revenu fiscal").inputValue(), "beaucoup", "what was typed is still there");
});

pageTest("a family without quotient is told so", {}, async (page) => {
	await signIn(page, "responsable d’un élève");
	await page.goto("/tarifs");
	await page.getByLabel("Je n’en ai pas").check();
	await page.getByRole("button", { name: "Calculer" }).click();
	await has(page, "Ce n’est pas un quotient de zéro", "Pas de prix.", "Le quotient manque");
	await axe(page);
	await screenshot(page, "simulator-no-quotient");
});

pageTest("without script, the button checks", { javaScriptEnabled: false }, async (page) => {
	await signIn(page, "mairie");
	await page.goto("/mairie/tarif");
	const text = page.getByLabel("Tarif, en YAML");
	const before = await text.inputValue();
	await text.fill(before.replace("below: 860, price: 2.35", "below: 860, prise: 2.35"));
	await page.getByRole("button", { name: "Vérifier" }).click();
	await has(page, "La clé prise n’existe pas. Peut-être price", "Le tarif ne peut pas être publié");
	assert.equal(await text.inputValue(), before.replace("below: 860, price: 2.35", "below: 860, prise: 2.35"));
});

pageTest("the town hall's pages at 320 pixels", { viewport: { width: 320, height: 700 } }, async (page) => {
	await signIn(page, "mairie");
	for (const [path, name] of [
		["/mairie/tarif", "narrow-editor"],
		["/mairie/comparaison?avant=nalliers-cantine&apres=val-de-marne-colleges-2025", "narrow-comparison"],
	]) {
		await page.goto(path);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= 320, `${path} is ${wide} pixels wide`);
		await axe(page);
		await screenshot(page, name);
	}
});

pageTest("the council compares two tariffs, with the chart", {}, async (page) => {
	await signIn(page, "mairie");
	await page.getByRole("link", { name: "Comparaison" }).click();
	await axe(page);
	await page.getByLabel("Avant").selectOption("nalliers-cantine");
	await page.getByLabel("Après").selectOption("val-de-marne-colleges-2025");
	await page.getByRole("button", { name: "Comparer" }).click();
	await has(page, "Recette avant", "Facteur d’équilibre", "laissés de côté", "Par tranche de quotient");
	const chart = page.locator(".chart img");
	await chart.scrollIntoViewIfNeeded();
	await page.waitForFunction(() => document.querySelector(".chart img")?.complete);
	assert.ok(await chart.evaluate((img) => img.naturalWidth) > 0, "the chart is a picture");
	assert.ok(await page.locator("tbody tr").count() >= 8);
	await axe(page);
	await screenshot(page, "comparison");
	const answer = await page.request.get(await page.getByRole("link", { name: "Télécharger les chiffres" }).getAttribute("href"));
	assert.match(await answer.text(), /^quotient à partir de;/);
});
