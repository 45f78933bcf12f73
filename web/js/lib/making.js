/** A page that waits for what the server makes (`made_soon` in macros.html): how far it is, then the page with it. */
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { pollUntil, showProblem, showProgress } from "./sending.js";

/**
 * @param {string} words what is being done
 */
export function showWhenMade(words) {
	const making = byId("making");
	const progress = byId("progress");
	const waiting = t("Waiting for its turn…");
	showProgress(progress, waiting, null);
	pollUntil(String(making.dataset.state), (now) => {
		const isRunning = now.state === "running";
		showProgress(progress, isRunning ? words : waiting, isRunning ? now.share : null);
		return now.state !== "waiting" && !isRunning;
	}).then((last) => {
		if (last.state === "failed") throw new Error(last.error);
		const made = new URL(String(making.dataset.state), location.href).searchParams.get("made");
		const here = new URL(location.href);
		if (made) here.searchParams.set("made", made);
		if (here.href === location.href) location.reload(); // it is there, or was forgotten and is begun again
		else location.replace(here);
	}).catch((error) => {
		making.hidden = true;
		showProblem(byId("problem"), error.message);
	});
}
