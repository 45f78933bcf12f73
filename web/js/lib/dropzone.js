/** A place to drop files on; a click opens the chooser. */

/**
 * Call `taken` with the files that are dropped on or chosen in a `label.dropzone`.
 * A file dropped beside it would make the browser leave the page: that is prevented.
 * @param {HTMLElement} zone label that holds an `input[type=file]`
 * @param {(files: File[]) => void} taken
 */
export function dropzone(zone, taken) {
	const input = /** @type {HTMLInputElement} */ (zone.querySelector("input[type=file]"));
	let depth = 0;
	const over = (/** @type {boolean} */ on) => zone.classList.toggle("over", on);
	input.addEventListener("change", () => {
		const files = Array.from(input.files || []);
		input.value = "";
		if (files.length) taken(files);
	});
	zone.addEventListener("dragenter", () => { depth += 1; over(true); });
	zone.addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) over(false); });
	zone.addEventListener("drop", (event) => {
		depth = 0;
		over(false);
		const files = Array.from(event.dataTransfer ? event.dataTransfer.files : []);
		if (files.length && !input.disabled) taken(files);
	});
	for (const kind of ["dragover", "drop"])
		window.addEventListener(kind, (event) => event.preventDefault());
}
