/** The phone's own position, or the reason why there is none. */
import { t } from "./i18n.js";

/**
 * @returns {Promise<{lon: number, lat: number, accuracy_m: number}>} in WGS 84; rejects with
 *   an Error in words for the user
 */
export function phonePosition() {
	if (!window.isSecureContext || !navigator.geolocation)
		return Promise.reject(new Error(
			t("Browsers give the position only to pages opened by HTTPS or on the server itself, and this page was not.")));
	return new Promise((resolve, reject) => {
		navigator.geolocation.getCurrentPosition(
			({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy }),
			(error) => reject(new Error(reason(error.code))),
			{ enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
		);
	});
}

/**
 * The position where the page may use it already; nobody is asked.
 * @returns {Promise<{lon: number, lat: number} | null>}
 */
export async function positionIfAllowed() {
	try {
		const { state } = await navigator.permissions.query({ name: "geolocation" });
		return state === "granted" ? await phonePosition() : null;
	} catch {
		return null; // it only sorts suggestions
	}
}

/**
 * @param {number} code of a GeolocationPositionError
 * @returns {string}
 */
function reason(code) {
	if (code === 1) return t("This browser may not use the position: allow it in the browser's settings for this page.");
	if (code === 3) return t("The position took too long. It works better outdoors or near a window.");
	return t("This device cannot tell its position right now.");
}
