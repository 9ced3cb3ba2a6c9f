// The school day: a pupil's week, a calendar by a secret address, a roll call on a phone, absences that a parent settles and the office
// accepts, homework that is given and done.
import assert from "node:assert/strict";
import { axe, has, pageTest, read, screenshot, signIn } from "./lib.mjs";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** narrow says that nothing is wider than the screen. */
async function narrow(page) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(wide <= 0, `the page is ${wide} pixels wider than the phone`);
}

/** life opens the school day of an example person. */
async function life(page, role) {
	await signIn(page, role);
	await page.getByRole("link", { name: "Vie scolaire", exact: true }).click();
	await page.getByRole("heading", { name: "Vie scolaire" }).waitFor();
}

pageTest("a pupil reads today, the week and a day on a phone", phone, async (page) => {
	await life(page, "élève");
	await axe(page);
	await narrow(page);
	await page.getByRole("link", { name: "Emploi du temps", exact: true }).click();
	await page.getByText("aujourd’hui", { exact: true }).waitFor();
	assert.ok((await page.locator(".lesson").count()) >= 15, "a week has lessons");
	await axe(page);
	await narrow(page);
	await screenshot(page, "life-week-phone");
	await page.getByRole("link", { name: "Voir un jour" }).click();
	await page.getByRole("link", { name: "Voir la semaine" }).waitFor();
	assert.equal(await page.locator(".week section").count(), 1);
	await page.getByRole("link", { name: "Jour suivant" }).click();
	await has(page, "mardi 3 décembre");
	await axe(page);
});

pageTest("a week is laid out in columns, tells what changed once, and is printed on one page", {}, async (page) => {
	await life(page, "direction");
	await page.locator("a[href^='/vie/emploi-du-temps']").first().click();
	await page.locator(".lesson").first().waitFor();
	// Some week around has a change: each changed lesson is one line, with its state.
	let changed = 0;
	for (let n = 0; n < 3 && changed === 0; n++) {
		changed = await page.locator(".lesson .tag.warn").count();
		if (changed === 0) await page.getByRole("link", { name: "Semaine suivante" }).click();
	}
	assert.ok(changed > 0, "a change is shown");
	await axe(page);
	await screenshot(page, "life-week");
	const tops = await page.locator(".week section").evaluateAll((list) => list.map((s) => s.getBoundingClientRect().top));
	assert.ok(tops.length >= 5 && tops.every((t) => Math.abs(t - tops[0]) < 2), "days stand side by side");
	await page.getByRole("link", { name: "Imprimer" }).click();
	await page.locator("h1", { hasText: "Emploi du temps" }).waitFor();
	await axe(page);
	const pdf = await page.pdf({ preferCSSPageSize: true });
	assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length, 1, "one page of paper");
	await screenshot(page, "life-print");
});

pageTest("a parent subscribes by link or code, and revokes the address", { expect: [404] }, async (page) => {
	await life(page, "responsable d’un élève");
	await page.getByRole("link", { name: "Emploi du temps", exact: true }).first().click();
	await page.getByRole("link", { name: "S’abonner" }).click();
	await page.getByRole("button", { name: "Créer une adresse" }).click();
	const address = await page.locator("#address").innerText();
	assert.match(address, /\/agenda\/[\w-]{43}\.ics$/);
	await page.locator("svg.qr path").waitFor();
	await axe(page);
	await screenshot(page, "life-agenda");
	const path = new URL(address).pathname;
	const feed = await page.request.get(path);
	assert.equal(feed.status(), 200);
	assert.match(feed.headers()["content-type"], /^text\/calendar/);
	const text = await feed.text();
	assert.ok(text.includes("BEGIN:VTIMEZONE") && text.split("BEGIN:VEVENT").length > 10);
	const again = await page.request.get(path, { headers: { "If-None-Match": feed.headers().etag } });
	assert.equal(again.status(), 304);
	assert.equal(await (await page.request.get(path)).text(), text, "the same bytes");
	await page.goto("/vie/agenda");
	assert.ok(!(await page.content()).includes(path), "the address is shown once");
	await page.getByRole("button", { name: /^Révoquer/ }).first().click();
	await page.getByText("révoquée", { exact: false }).waitFor();
	assert.equal((await page.request.get(path)).status(), 404);
});

pageTest("a teacher calls the roll on a phone, twice by mistake, and nothing doubles", phone, async (page) => {
	await life(page, "enseignant");
	await page.locator("a[href^='/vie/appel']").first().click();
	await page.locator("form.call").waitFor();
	const pupils = page.locator("form.call fieldset");
	assert.ok((await pupils.count()) >= 3);
	await narrow(page);
	await axe(page);
	// A thumb is 44 pixels wide.
	for (const box of await pupils.first().locator("label:visible").evaluateAll((l) => l.map((x) => x.getBoundingClientRect().height))) {
		assert.ok(box >= 43, `a label of ${box} pixels`);
	}
	await pupils.nth(0).getByText("Absent", { exact: true }).tap();
	await pupils.nth(1).getByText("En retard").tap();
	await page.getByRole("button", { name: "Enregistrer l’appel" }).tap();
	await page.getByRole("alert").waitFor(); // a lateness without a time
	await has(page, "Indiquez l’heure d’arrivée");
	assert.ok(await pupils.nth(0).locator("[value=absent]").isChecked(), "what was entered stays");
	const hour = pupils.nth(1).locator("input[type=time]");
	const min = await hour.getAttribute("min");
	await hour.fill(min.slice(0, 3) + String(Number(min.slice(3)) + 10).padStart(2, "0"));
	await screenshot(page, "life-call-phone");
	const form = await page.locator("form.call").evaluate((f) => [...new FormData(f)].map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join("&"));
	await page.getByRole("button", { name: "Enregistrer l’appel" }).tap();
	await page.getByText("Appel enregistré.").waitFor();
	await has(page, "1 absent, 1 en retard");
	await axe(page);
	// The phone lost the answer, and sends the same form again.
	const sent = await page.request.post("/vie/appel", { data: form, headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: new URL(page.url()).origin, "Sec-Fetch-Site": "same-origin" } });
	assert.equal(sent.status(), 200);
	await page.reload();
	await has(page, "1 absent, 1 en retard");
});

pageTest("a parent settles an absence on a phone", phone, async (page) => {
	await life(page, "responsable d’un élève");
	await page.getByRole("link", { name: "Absences" }).first().click();
	await page.getByRole("heading", { name: "À régler" }).waitFor();
	await axe(page);
	await narrow(page);
	await page.getByText("Comment sont comptées les demi-journées").tap();
	await screenshot(page, "life-absences-phone");
	const open = page.locator("section[aria-labelledby=open] .card");
	const before = await open.count();
	assert.ok(before > 0, "the example child has an absence to settle");
	await open.first().locator("select").selectOption("LEGAL-ILLNESS");
	await open.first().getByRole("button", { name: /^Envoyer le motif/ }).tap();
	await page.getByText("Le motif est envoyé", { exact: false }).waitFor();
	assert.equal(await open.count(), before - 1);
	await has(page, "à l’étude");
	await axe(page);
});

pageTest("homework is given with its load, read by a pupil, and marked as done", {}, async (page) => {
	await life(page, "enseignant");
	await page.getByRole("link", { name: "Cahier de textes" }).click();
	await page.getByRole("link", { name: /^Donner du travail/ }).first().waitFor();
	await axe(page);
	const links = page.getByRole("link", { name: /^Donner du travail/ });
	let given = false;
	for (let n = 0; n < (await links.count()) && !given; n++) {
		await links.nth(n).click();
		const due = page.locator("#pour option");
		if ((await due.count()) > 1) {
			await page.locator("#pour").selectOption({ index: 1 });
			await page.locator("#texte").fill("Apprendre le poème.");
			await page.locator("#minutes").fill("vingt");
			await page.getByRole("button", { name: "Donner", exact: true }).click();
			await has(page, "La durée est un nombre de minutes.");
			await axe(page);
			await page.locator("#minutes").fill("20");
			await page.getByRole("button", { name: "Donner", exact: true }).click();
			await page.getByText("Le travail est donné.").waitFor();
			given = true;
		} else {
			await page.goBack();
		}
	}
	assert.ok(given, "a lesson has a next one");
	await has(page, "Apprendre le poème.");
	await screenshot(page, "life-cahier");
});

pageTest("a pupil marks homework as done", phone, async (page) => {
	await life(page, "élève");
	await page.getByRole("link", { name: "Travail à faire" }).tap();
	const done = page.getByRole("button", { name: /^C’est fait/ });
	await done.first().waitFor();
	await axe(page);
	await narrow(page);
	await screenshot(page, "life-work-phone");
	const before = await done.count();
	await done.first().tap();
	await page.getByText("fait", { exact: true }).first().waitFor();
	assert.equal(await done.count(), before - 1);
	await axe(page);
});

pageTest("a teacher books a room for two weeks, and cannot book it twice", {}, async (page) => {
	await life(page, "enseignant");
	await page.getByRole("link", { name: "Réservations" }).click();
	await page.locator("table").waitFor();
	await axe(page);
	await page.locator("#ressource").selectOption({ label: "Salle informatique" });
	await page.locator("#debut").fill("14:00");
	await page.locator("#fin").fill("15:00");
	await page.locator("#jour").fill("2024-12-10");
	await page.locator("#objet").fill("Projet radio");
	await page.locator("#semaines").fill("2");
	await page.getByRole("button", { name: "Réserver", exact: true }).click();
	await page.getByText("C’est réservé.").waitFor();
	await has(page, "14 h 00 – 15 h 00", "Projet radio");
	await axe(page);
	await screenshot(page, "life-bookings");
	await page.locator("#ressource").selectOption({ label: "Salle informatique" });
	await page.locator("#debut").fill("14:30");
	await page.locator("#fin").fill("15:30");
	await page.locator("#jour").fill("2024-12-10");
	await page.getByRole("button", { name: "Réserver", exact: true }).click();
	await page.getByRole("alert").waitFor();
	await has(page, "Ce n’est pas réservé.");
	await axe(page);
	await page.goto("/vie/reservations?semaine=2024-12-10");
	await page.getByRole("button", { name: /^Annuler/ }).first().click();
	await page.getByText("La réservation est annulée.").waitFor();
});
