/** `/workspace/<table>/…`: what becomes of an uploaded list, before it is used. */
import { postForm } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { showWhenMade } from "./lib/making.js";
import { showProblem } from "./lib/sending.js";

if (document.getElementById("making")) showWhenMade(t("Reading the file…"));

for (const choice of document.querySelectorAll("#choices select"))
	choice.addEventListener("change", () => /** @type {HTMLFormElement} */ (byId("choices")).submit());

for (const node of document.querySelectorAll("form[data-post]")) {
	const form = /** @type {HTMLFormElement} */ (node);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
		const data = new FormData(form);
		button.disabled = true;
		try {
			location.href = (await postForm(String(form.dataset.post), data)).url;
		} catch (error) {
			button.disabled = false;
			showProblem(byId("problem"), /** @type {Error} */ (error).message);
		}
	});
}
