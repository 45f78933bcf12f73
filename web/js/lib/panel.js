/** The panel beside the map: a column on a desktop, a sheet at the bottom on a phone. */

/**
 * Let the grip fold the panel, and say when the map's room changed.
 * @param {() => void} changed
 */
export function panelShift(changed) {
	const panel = document.querySelector(".panel");
	const grip = document.querySelector(".panel-grip");
	if (!panel || !grip) return;
	grip.addEventListener("click", () => panel.classList.toggle("folded"));
	panel.addEventListener("transitionend", changed);
}

/** Open the panel when it has something to say. */
export function openPanel() {
	const panel = document.querySelector(".panel");
	if (panel) panel.classList.remove("folded");
}
