// The door: an account of one's own, the second factor, activation by a printed code, a forgotten password, EduConnect, partners by
// CAS and SAML, and the logout that reaches them all.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { axe, choice, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

const password = "Cartable-Essai-26";

/** good is what holds for every page: one heading, no violation. The picture comes with it. */
async function good(page, heading, name) {
	assert.equal((await page.locator("h1").innerText()).replace(/\s+/g, " "), heading);
	await page.locator("details").evaluateAll((all) => all.forEach((d) => { d.open = true; }));
	await axe(page);
	await screenshot(page, `door-${name}`);
}

/** login returns the login to try of a role, as the sign-in page tells it. */
async function login(page, role) {
	await page.goto("/connexion");
	const line = page.locator("details li").filter({ hasText: role }).first();
	return (await line.locator("code").textContent()).trim();
}

/** enter signs in by login and password. */
async function enter(page, who, secret) {
	await page.getByLabel("Identifiant", { exact: true }).fill(who);
	await page.getByLabel("Mot de passe", { exact: true }).fill(secret);
	await page.getByRole("button", { name: "Se connecter" }).click();
}

/** totp plays the phone: the code of a secret now. */
function totp(secret) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	let bits = "";
	for (const c of secret.replace(/\s/g, "")) bits += alphabet.indexOf(c).toString(2).padStart(5, "0");
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
	const h = createHmac("sha1", key).update(counter).digest();
	const at = h[19] & 15;
	return String((h.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, "0");
}

pageTest("a teacher signs in with a password, sees the sessions and changes it", { expect: [422] }, async (page) => {
	const who = await login(page, "enseignant");
	await good(page, "Entrer dans le portail", "sign-in");
	await enter(page, who, "faux");
	await has(page, "L’identifiant ou le mot de passe n’est pas le bon.");
	await good(page, "Entrer dans le portail", "sign-in-refused");
	await enter(page, who, password);
	await page.waitForURL("/");
	await page.getByRole("link", { name: "Mon compte", exact: true }).click();
	await has(page, "(celui-ci)", "Chrome");
	await good(page, "Mon compte", "mine");
	await page.getByLabel("Mot de passe actuel").fill(password);
	await page.getByLabel("Nouveau mot de passe").fill("court");
	await page.getByRole("button", { name: "Changer" }).click();
	await has(page, "Il faut au moins");
	await good(page, "Mon compte", "mine-refused");
	await page.getByRole("link", { name: "Ce que reçoivent les partenaires" }).click();
	await has(page, "Service d’essai CAS", "Service d’essai SAML", "Rien ne lui a encore été envoyé.");
	await good(page, "Ce que reçoivent les partenaires", "releases");
});

pageTest("who opens the accounts of others adds a second factor", { expect: [422] }, async (page) => {
	await page.goto("/connexion");
	await enter(page, "administration", password);
	await page.waitForURL("/mon-compte/second-facteur*");
	await good(page, "Second facteur", "second");
	const secret = await page.locator("#secret").innerText();
	await page.getByLabel("Code affiché par l’application").fill("000000");
	await page.getByRole("button", { name: "Vérifier" }).click();
	await has(page, secret);
	await good(page, "Second facteur", "second-refused");
	await page.getByLabel("Code affiché par l’application").fill(totp(secret));
	await page.getByRole("button", { name: "Vérifier" }).click();
	await has(page, "Codes de secours");
	await good(page, "Second facteur", "recovery");
	const spare = await page.locator("main li code").first().innerText();
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await page.waitForURL("/connexion");
	await enter(page, "administration", password);
	await good(page, "Code de votre application", "code");
	await page.getByLabel("Code à six chiffres").fill(spare);
	await page.getByRole("button", { name: "Continuer" }).click();
	await page.waitForURL("/");

	// The partners, and one that is not registered as it is typed.
	await page.getByRole("link", { name: "Partenaires", exact: true }).click();
	await good(page, "Partenaires", "partners");
	const form = page.getByRole("form", { name: "Ajouter un partenaire par CAS" });
	await form.getByLabel("Nom").fill("Ailleurs");
	await form.getByLabel("Adresse du service").fill("https://utilisateur@ailleurs.exemple.test/");
	await form.getByRole("button", { name: "Ajouter par CAS" }).click();
	await good(page, "Partenaires", "partner-refused");
	await form.getByLabel("Adresse du service").fill("https://ailleurs.exemple.test/");
	await form.getByRole("button", { name: "Ajouter par CAS" }).click();
	await has(page, "https://ailleurs.exemple.test/");
	// The account is left as it was found.
	await page.goto("/mon-compte");
	await page.getByLabel("Mot de passe, pour retirer").fill(password);
	await page.getByRole("button", { name: "Retirer" }).click();
	await has(page, "Le second facteur est retiré.");
});

pageTest("a pupil activates the account with a printed code, and forgets the password", { expect: [422] }, async (page) => {
	await signIn(page, "administrateur délégué");
	await page.getByRole("link", { name: "Codes", exact: true }).click();
	await good(page, "Codes d’activation", "codes");
	await page.getByRole("button", { name: /^Imprimer les codes/ }).first().click();
	await axe(page);
	await screenshot(page, "door-sheet");
	const row = page.locator("tbody tr").nth(1).locator("code");
	const [who, code] = await row.allInnerTexts();
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await page.getByRole("link", { name: "Première connexion" }).click();
	await good(page, "Première connexion", "activation");
	const fill = async (secret) => {
		await page.getByLabel("Identifiant", { exact: true }).fill(who);
		await page.getByLabel("Code d’activation").fill(code);
		await page.getByLabel("Nouveau mot de passe").fill(secret);
		await page.getByLabel("J’accepte").check();
		await page.getByRole("button", { name: "Activer mon compte" }).click();
	};
	await fill("azerty");
	await has(page, "Il faut au moins 8 caractères");
	await good(page, "Première connexion", "activation-refused");
	await fill("Petit-Bateau-7");
	await page.waitForURL("/");
	await page.getByRole("button", { name: "Se déconnecter" }).click();

	const teacher = await login(page, "direction");
	await page.getByRole("link", { name: "Mot de passe oublié" }).click();
	await good(page, "Mot de passe oublié", "forgot");
	await page.getByLabel("Identifiant ou adresse électronique").fill(teacher);
	await page.getByRole("button", { name: "Recevoir un lien" }).click();
	await has(page, "Si un compte correspond");
	await good(page, "Mot de passe oublié", "forgot-sent");
	await page.getByRole("link", { name: "le courrier du portail" }).click();
	await good(page, "Courrier du portail", "mailbox");
	await page.getByRole("link", { name: "Ouvrir le lien" }).first().click();
	await good(page, "Nouveau mot de passe", "reset");
	await page.getByLabel("Nouveau mot de passe").fill("azerty");
	await page.getByRole("button", { name: "Enregistrer" }).click();
	await good(page, "Nouveau mot de passe", "reset-refused");
	await page.getByLabel("Nouveau mot de passe").fill("Quatre-Saisons-2026");
	await page.getByRole("button", { name: "Enregistrer" }).click();
	await page.waitForURL("/");
});

pageTest("a family comes from EduConnect, goes on to partners, and leaves them all", { expect: [403] }, async (page) => {
	await page.goto("/connexion");
	await page.getByRole("link", { name: "Entrer avec EduConnect" }).click();
	await good(page, "EduConnect simulé", "families");
	await page.getByRole("button").filter({ hasText: "INCONNU" }).click();
	await has(page, "Aucun compte ne correspond");
	await good(page, "Pas de compte pour vous ici", "refused");
	await page.getByRole("button", { name: "Quitter EduConnect" }).click();
	await page.waitForURL("/connexion");

	await page.getByRole("link", { name: "Entrer avec EduConnect" }).click();
	await page.getByRole("button").filter({ hasText: "deux comptes" }).click();
	await has(page, "Plusieurs comptes correspondent.");
	await good(page, "Avec quel compte ?", "chooser");
	await page.locator("button[name=n]").first().click();
	await page.waitForURL("/");
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await page.waitForURL("/connexion");

	await page.getByRole("link", { name: "Entrer avec EduConnect" }).click();
	await page.getByRole("button").filter({ hasText: "pas encore utilisé" }).first().click();
	await has(page, "pour la première fois");
	await good(page, "Première connexion", "accept");
	await page.getByLabel("J’accepte").check();
	await page.getByRole("button", { name: "Ouvrir mon compte" }).click();
	await page.waitForURL("/");
	await page.goto("/mon-compte");
	await has(page, "EduConnect");

	await page.goto("/essai/cas");
	await has(page, "Vous êtes pour lui");
	await good(page, "Service d’essai, par CAS", "demo-cas");
	await page.goto("/essai/saml");
	await page.waitForURL("/essai/saml");
	await has(page, "Vous êtes pour lui");
	await good(page, "Service d’essai, par SAML", "demo-saml");
	await page.goto("/mon-compte/partenaires");
	assert.equal((await read(page)).split("Reçu : ").length - 1, 2, "both are in the journal");
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await page.waitForURL("/connexion");
	await page.goto("/essai/cas");
	await page.waitForURL("/connexion*");
	await page.goto("/essai/saml");
	await page.waitForURL("/connexion*");
	await page.goto("/educonnect");
	await good(page, "EduConnect simulé", "families-again");
});

pageTest("somebody picked from the list leaves partners that are told", {}, async (page) => {
	await page.goto("/essai/cas");
	await choice(page, "enseignant").click();
	await page.waitForURL("/essai/cas*");
	await page.goto("/");
	await page.getByRole("button", { name: "Se déconnecter" }).click();
	await has(page, "1 service a été prévenu");
	await good(page, "Vous êtes déconnecté", "left");
});

pageTest("what leads nowhere says so, on the portal's pages and on the plain ones", { expect: [403] }, async (page) => {
	await page.goto("/cas/login?service=https%3A%2F%2Finconnu.exemple.test%2F");
	await good(page, "Service inconnu", "cas-unknown");
	await page.goto("/idp/sso");
	await good(page, "Connexion refusée", "saml-refused");
	await page.goto("/educonnect-simule/idp/sso");
	await good(page, "Connexion refusée", "saml-plain");
});
