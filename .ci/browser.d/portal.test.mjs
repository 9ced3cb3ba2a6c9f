// The pages that every visitor of the portal meets: sign-in, home, one's own page; then those of the direction.
import assert from "node:assert/strict";
import { axe, choice, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

// The portal speaks French alone: a browser set to English gets it too, declared as French for whoever has it read aloud.
const locales = ["fr-FR", "en-GB"];

const roles = [
	"élève", "responsable d’un élève", "enseignant", "direction", "vie scolaire", "personnel de l’établissement", "mairie",
	"administrateur", "administrateur délégué",
];

// Who sees what, for three profiles that differ most.
const profiles = [
	{ role: "élève", menu: ["Accueil", "Ma page", "Vie scolaire", "Notes", "Mon compte"], home: "Mon établissement", own: ["Identité", "Scolarité", "Responsables et contacts"] },
	{ role: "responsable d’un élève", menu: ["Accueil", "Ma page", "Tarifs", "Vie scolaire", "Notes", "Mon compte"], home: "Mes enfants", own: ["Identité", "Enfants"] },
	{
		role: "direction",
		menu: ["Accueil", "Établissements", "Recherche", "Ma page", "Livraison", "Vie scolaire", "Notes", "Mon compte"],
		home: "Mon établissement",
		own: ["Identité", "Fonctions"],
	},
];

/** good is what holds for every page: one heading, the language, no violation. The picture comes with it. */
async function good(page, heading, name) {
	assert.deepEqual(await page.locator("h1").allInnerTexts(), [heading]);
	assert.equal(await page.locator("html").getAttribute("lang"), "fr");
	await axe(page);
	await screenshot(page, name);
}

for (const locale of locales) {
	pageTest(`sign-in, ${locale}`, { locale }, async (page) => {
		await page.goto("/livraison");
		assert.equal(new URL(page.url()).pathname, "/connexion", "nobody enters without signing in");
		await has(page, "Entrer comme…", "toutes les personnes, toutes les familles et tous les établissements sont fictifs");
		assert.deepEqual(await page.locator("button[name=person] .kind").allTextContents(), roles);
		assert.equal(await page.getByRole("navigation", { name: "Menu principal" }).count(), 0);
		await good(page, "Entrer dans le portail", `sign-in-${locale}`);

		const box = page.getByLabel("Nom, classe ou établissement");
		await box.fill("dupuis");
		await box.press("Enter");
		await page.getByRole("form", { name: "Personnes trouvées" }).waitFor();
		await has(page, "DUPUIS");
		await good(page, "Entrer dans le portail", `sign-in-found-${locale}`);
	});

	for (const { role, menu, home, own } of profiles) {
		pageTest(`${role}, ${locale}`, { locale }, async (page) => {
			const name = await signIn(page, role);
			await has(page, `Bonjour, ${name}.`, home);
			const entries = page.getByRole("navigation", { name: "Menu principal" }).getByRole("link");
			assert.deepEqual(await entries.allInnerTexts(), menu);
			assert.equal(await page.locator(".menu [aria-current=page]").innerText(), "Accueil");
			await good(page, "Accueil", `home-${role}-${locale}`);

			await page.getByRole("link", { name: "Ma page" }).click();
			await page.waitForURL("/personnes/**");
			assert.deepEqual(await page.locator("h2").allInnerTexts().then((all) => all.slice(0, own.length)), own);
			const heading = await page.locator("h1").innerText();
			assert.deepEqual(heading.toLowerCase().split(" ").sort(), name.toLowerCase().split(" ").sort(), "the page is one's own");
			await good(page, heading, `own-${role}-${locale}`);
		});
	}

	pageTest(`the direction reads the report, ${locale}`, { locale }, async (page) => {
		await signIn(page, "direction");
		await page.getByRole("link", { name: "Livraison" }).click();
		await page.getByRole("heading", { level: 1, name: "Livraison" }).waitFor();
		const report = await read(page);
		assert.equal(report.split("Le compte y est.").length, 3, "both deliveries balance");
		assert.ok(!report.includes("n’y est pas"));
		// Each closed list of examples is opened, since axe judges what is shown.
		for (const d of await page.locator("details:not([open]) > summary").all()) await d.click();
		await good(page, "Livraison", `report-${locale}`);
	});

	pageTest(`the direction searches, ${locale}`, { locale }, async (page) => {
		await signIn(page, "direction");
		const box = page.getByRole("searchbox", { name: "Rechercher une personne" });
		await box.fill("ELODIE");
		await box.press("Enter");
		await page.waitForURL("/recherche?q=ELODIE");
		await has(page, "Élodie");
		assert.match(await page.getByRole("status").innerText(), /^\d+\s(personne trouvée|personnes trouvées)\.$/);
		await good(page, "Recherche", `search-${locale}`);

		await page.goto("/recherche?q=a");
		await page.getByRole("link", { name: "Page suivante" }).click();
		await page.getByRole("link", { name: "Page précédente" }).waitFor();
		await good(page, "Recherche", `search-page-2-${locale}`);

		await page.goto("/recherche?q=zzzz");
		await has(page, "Aucune personne trouvée.");
		await good(page, "Recherche", `search-nothing-${locale}`);
	});
}

pageTest("from the school to a class and a pupil", {}, async (page) => {
	await signIn(page, "direction");
	await page.getByRole("link", { name: "Établissements" }).click();
	await page.getByRole("heading", { level: 1, name: "Établissements" }).waitFor();
	await good(page, "Établissements", "schools");
	for (const [table, kind, texts] of [
		["Établissements et services", "school", ["UAI", "Classes", "Personnels"]],
		["Classes de l’établissement", "class", ["Date de naissance", "Enseignants"]],
		["Élèves, dans l’ordre alphabétique", "pupil", ["Identité", "Scolarité", "Responsables et contacts"]],
	]) {
		const link = page.getByRole("table", { name: table }).getByRole("rowheader").getByRole("link").first();
		const name = await link.innerText();
		await link.click();
		const heading = page.getByRole("heading", { level: 1 }).filter({ hasText: name });
		await heading.waitFor();
		await has(page, ...texts);
		await good(page, await heading.innerText(), kind);
	}
});

pageTest("a pupil is refused what is not theirs", { expect: [404] }, async (page) => {
	await signIn(page, "élève");
	for (const path of ["/livraison", "/recherche?q=a", "/etablissements"]) {
		const answer = await page.goto(path);
		assert.equal(answer.status(), 404, path);
		await has(page, "elle ne vous est pas ouverte");
	}
	await good(page, "Page introuvable", "not-found");
});

pageTest("an unknown person does not enter", { expect: [422] }, async (page) => {
	await page.goto("/connexion");
	await choice(page, "élève").evaluate((button) => { button.value = "eleve/1-1"; });
	await choice(page, "élève").click();
	assert.match(await page.getByRole("alert").innerText(), /^Personne inconnue\./);
	await good(page, "Entrer dans le portail", "sign-in-refused");
});

/** focused describes what has the focus, and whether the eye can see that it has. */
function focused(page) {
	return page.evaluate(() => {
		const e = document.activeElement;
		const box = e.getBoundingClientRect();
		return {
			text: e.textContent.trim(),
			visible: getComputedStyle(e).outlineStyle !== "none" && box.bottom > 0 && box.top < innerHeight,
		};
	});
}

pageTest("sign-in and sign-out by keyboard alone", {}, async (page) => {
	/** reach presses Tab until what has a text has the focus. */
	async function reach(text) {
		for (let presses = 0; presses < 40; presses++) {
			await page.keyboard.press("Tab");
			const now = await focused(page);
			assert.ok(now.visible, `the focus cannot be seen on “${now.text}”`);
			if (now.text.includes(text)) return;
		}
		assert.fail(`Tab does not reach “${text}”`);
	}

	await page.goto("/connexion");
	await page.keyboard.press("Tab");
	assert.equal((await focused(page)).text, "Aller au contenu", "the first stop skips the header");
	await page.keyboard.press("Enter");
	await page.locator("main:focus").waitFor();
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.id), "login", "the link left the header behind: the form is first");

	await reach("direction");
	await page.keyboard.press("Enter");
	await page.waitForURL("/");
	await has(page, "Bonjour,");
	await reach("Livraison");
	await page.keyboard.press("Enter");
	await page.waitForURL("/livraison");
	await reach("Se déconnecter");
	await page.keyboard.press("Enter");
	await page.waitForURL("/connexion");
	await page.goto("/");
	assert.equal(new URL(page.url()).pathname, "/connexion", "the session is over");
});

// 320 pixels is the width that WCAG 1.4.10 (reflow) asks for.
pageTest("nothing overflows a narrow screen", { viewport: { width: 320, height: 640 } }, async (page) => {
	const fits = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	await page.goto("/connexion");
	assert.equal(await fits(), 0, "/connexion");
	await signIn(page, "direction");
	for (const path of ["/", "/livraison", "/recherche?q=elodie", "/etablissements"]) {
		await page.goto(path);
		assert.equal(await fits(), 0, path);
		await axe(page);
		await screenshot(page, `narrow-${path}`);
	}
});
